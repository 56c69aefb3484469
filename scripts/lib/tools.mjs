import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The JavaScript entries of the tools that we run as programs. Functions, because nothing is installed yet when this file is
 * loaded; resolved by name, so that knip sees which packages are in use.
 */
export const tools = {
  dependencyCruiser: () => binaryOf(import.meta.resolve('dependency-cruiser'), 'dependency-cruiser'),
  jest: () => binaryOf(import.meta.resolve('jest'), 'jest'),
  knip: () => binaryOf(import.meta.resolve('knip'), 'knip'),
  oxlint: () => binaryOf(import.meta.resolve('oxlint'), 'oxlint'),
  prettier: () => binaryOf(import.meta.resolve('prettier'), 'prettier'),
  prisma: () => binaryOf(import.meta.resolve('prisma'), 'prisma'),
  tsc: () => binaryOf(import.meta.resolve('typescript-native'), 'tsc'),
};

/**
 * @param {string} entryUrl any file of the package
 * @param {string} name of the binary
 * @returns {string} absolute path; most packages do not export their binaries, so their manifest is asked
 */
function binaryOf(entryUrl, name) {
  let folder = dirname(fileURLToPath(entryUrl));
  while (dirname(folder) !== folder) {
    const manifest = join(folder, 'package.json');
    const { bin } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : { bin: undefined };
    if (bin) return join(folder, typeof bin === 'string' ? bin : bin[name]);
    folder = dirname(folder);
  }
  throw new Error(`no binary ${name} near ${entryUrl}`);
}
