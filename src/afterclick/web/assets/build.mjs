// Bundles the dashboard into src/afterclick/web/static/: hashed files, and a manifest that names them.
import { build } from 'esbuild';
import { PurgeCSS } from 'purgecss';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fresh, put } from '../../../../sdk/in_place.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const pages = path.join(here, '../../pages'); // a folder each: its templates, its style, and its record with its icon
const target = path.join(here, '../static');
const built = await fresh();
const icons = path.join(here, '../../../../node_modules/@tabler/icons/icons/outline');

const shared = { bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none', metafile: true };

async function scripts() {
  const { metafile } = await build({
    ...shared,
    entryPoints: [path.join(here, 'scripts/main.ts')],
    outdir: built,
    format: 'esm',
    splitting: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
  });
  return outputNamed(metafile, 'main.ts');
}

function outputNamed(metafile, entry) {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(entry));
  return path.basename(found[0]);
}

async function found(folder, ending) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).sort().map((name) => path.join(folder, name));
}

async function texts() {
  const places = [[path.join(here, '../templates'), '.html'], [pages, '.html'], [path.join(here, 'scripts'), '.ts']];
  const files = (await Promise.all(places.map(([folder, ending]) => found(folder, ending)))).flat();
  return Promise.all(files.map((file) => readFile(file, 'utf8')));
}

async function styles(contents) {
  const sheets = [path.join(here, 'styles/main.css'), ...(await found(pages, 'style.css'))];
  const { outputFiles } = await build({
    ...shared,
    stdin: { contents: sheets.map((file) => `@import '${file}';`).join('\n'), resolveDir: here, loader: 'css' },
    outdir: built,
    write: false,
    loader: { '.woff2': 'file' },
    assetNames: '[name]-[hash]',
    logOverride: { 'css-syntax-error': 'silent' }, // Tabler keeps a few hacks for old browsers
  });
  const fonts = outputFiles.filter((file) => file.path.endsWith('.woff2'));
  await Promise.all(fonts.map((file) => writeFile(file.path, file.contents)));
  const whole = outputFiles.find((file) => file.path.endsWith('.css')).text;
  // Tabler is a base: what no template or script names is left behind.
  const [{ css }] = await new PurgeCSS().purge({
    content: contents.map((raw) => ({ raw, extension: 'html' })),
    css: [{ raw: whole }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    variables: true,
    keyframes: true,
    fontFace: false,
    dynamicAttributes: ['data-live', 'data-late', 'data-theme', 'aria-sort', 'aria-pressed', 'aria-current', 'data-on', 'open'],
  });
  const name = `main-${createHash('sha256').update(css).digest('hex').slice(0, 8).toUpperCase()}.css`;
  await writeFile(path.join(built, name), css);
  const first = fonts.map((file) => path.basename(file.path)).filter((font) => /-latin-(wght|400)/.test(font));
  return { name, fonts: first.sort() };
}

// Icons are named in templates as icon('name'), and in the records of pages as icon="name".
async function pictures(contents) {
  const records = await Promise.all((await found(pages, 'page.py')).map((file) => readFile(file, 'utf8')));
  const all = [...contents, ...records].join('\n');
  const names = [...all.matchAll(/icon\('([a-z0-9-]+)'\)|icon="([a-z0-9-]+)"|picture\('([a-z0-9-]+)'\)/g)];
  const wanted = [...new Set(names.map((match) => match[1] ?? match[2] ?? match[3]))].sort();
  const pairs = wanted.map(async (name) => {
    const svg = await readFile(path.join(icons, `${name}.svg`), 'utf8');
    const inner = svg.replace(/<!--[\s\S]*?-->/g, '').match(/<svg[\s\S]*?>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, ' ').trim();
    const drawn =
      `<svg class="icon" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${inner}</svg>`;
    return [name, drawn];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const contents = await texts();
const [main, style, drawn] = await Promise.all([scripts(), styles(contents), pictures(contents)]);
const manifest = { files: { 'main.js': main, 'main.css': style.name }, fonts: style.fonts, icons: drawn };
await writeFile(path.join(built, 'manifest.json'), JSON.stringify(manifest, null, 1));
await put(built, target);
