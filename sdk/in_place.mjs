// Puts what was built in the place of what was there, so that whoever serves it meanwhile finds one or the other whole.
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url)); // on the same disk, so that a file is moved at once
const MANIFEST = 'manifest.json';

/** An empty folder to build into. */
export async function fresh() {
  await mkdir(beside, { recursive: true });
  return mkdtemp(path.join(beside, 'built-'));
}

/** Move the files of `built` to `target`, the manifest that names them last, and take away what is of the build before. */
export async function put(built, target) {
  await mkdir(target, { recursive: true });
  const names = (await readdir(built)).sort((one, other) => (one === MANIFEST) - (other === MANIFEST));
  for (const name of names) await rename(path.join(built, name), path.join(target, name));
  const old = (await readdir(target)).filter((name) => !names.includes(name));
  await Promise.all([built, ...old.map((name) => path.join(target, name))].map((one) => rm(one, { recursive: true })));
}
