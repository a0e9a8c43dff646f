// Bundles the browser SDK into src/afterclick/collect/sdk/ and checks its sizes.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { minify } from 'terser';
import { fresh, put } from './in_place.mjs';

const KIB = 1024;
const MOST_FIRST = 8 * KIB;
const MOST_IN_ALL = 14 * KIB;

const source = new URL('src/', import.meta.url);
const target = fileURLToPath(new URL('../src/afterclick/collect/sdk/', import.meta.url));

async function bundle(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, source))],
    bundle: true,
    minifySyntax: true,
    write: false,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    ...options,
  });
  // terser after esbuild: a further 5 %.
  const { code } = await minify(outputFiles[0].text, {
    ecma: 2022,
    module: options.format === 'esm',
    toplevel: true,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
  });
  return code;
}

const hashed = (name, contents) =>
  `${name}-${createHash('sha256').update(contents).digest('hex').slice(0, 12)}.js`;

// Names that web-vitals gives its own objects: it marks the internal ones with an underscore, its types list the
// others (dist/modules/types/). No browser interface has any of them, so they may be shortened.
const OWN_TO_WEB_VITALS = [
  '_.*|attribution|reportAllChanges|reportSoftNavs|generateTarget|firstHiddenTime|loadState|navigationInteractionId',
  '(timeToFirstByte|resourceLoadDelay|resourceLoadDuration|elementRenderDelay|navigationEntry|lcpResourceEntry|lcpEntry)',
  '(resourceBufferSize|largestShift(Target|Time|Value|Entry|Source)|includeProcessedEventEntries|processedEventEntries)',
  '(inputDelay|processingDuration|presentationDelay|nextPaintTime|interactionT(arget|ime|ype)|longAnimationFrameEntries)',
  '(longestScript|intersectingDuration|subpart|total(Script|StyleAndLayout|Paint|Unattributed)Duration)',
].join('|');
// We name elements ourselves (`generateTarget`): the names that web-vitals would give are never asked for.
const ourNames = {
  name: 'our names',
  setup: (bundling) =>
    bundling.onLoad({ filter: /web-vitals.*getSelector\.js$/ }, () => ({ contents: "export const getSelector = () => '';" })),
};
const vitals = await bundle('chunks/vitals.ts', {
  format: 'esm',
  mangleProps: new RegExp(`^(${OWN_TO_WEB_VITALS})$`),
  plugins: [ourNames],
});
const rating = await bundle('chunks/rating.ts', { format: 'esm' });
const chunks = { vitals: hashed('vitals', vitals), rating: hashed('rating', rating) };
const first = await bundle('index.ts', {
  format: 'iife',
  // Properties that only our own objects have, and that neither the wire nor storage sees.
  mangleProps: /^(address|answered|carried|counts|element|elsewhere|end|event|fail|named|path|rest|started|stop|traceparent)$/,
  define: { VITALS_CHUNK: JSON.stringify(chunks.vitals), RATING_CHUNK: JSON.stringify(chunks.rating) },
});
const immutable = hashed('afterclick', first);

const built = await fresh();
const files = { 'afterclick.js': first, [immutable]: first, [chunks.vitals]: vitals, [chunks.rating]: rating };
for (const [name, contents] of Object.entries(files)) await writeFile(path.join(built, name), contents);

const gzip = (contents) => gzipSync(contents, { level: 9 }).length;
const sizes = { 'afterclick.js': gzip(first), [chunks.vitals]: gzip(vitals), [chunks.rating]: gzip(rating) };
const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
const manifest = { entry: 'afterclick.js', immutable, chunks, gzip_bytes: { ...sizes, all } };
await writeFile(path.join(built, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
await put(built, target);

const kib = (bytes) => (bytes / KIB).toFixed(2).padStart(6) + ' KB gzip';
for (const [name, size] of Object.entries(sizes)) console.log(`${kib(size)}  ${name}`);
console.log(`${kib(sizes['afterclick.js'])}  first file, at most ${MOST_FIRST / KIB}`);
console.log(`${kib(all)}  in all, at most ${MOST_IN_ALL / KIB}`);
if (sizes['afterclick.js'] > MOST_FIRST || all > MOST_IN_ALL) {
  console.error('The browser SDK is too large; see docs/sdk.md#sizes.');
  process.exit(1);
}
