import { codeFiles, packageFolders } from './tree.mjs';

/** @typedef {import('./tree.mjs').Rule} Rule */

const LINES_MAX = 350;
/** Tests are lists; a long one is still read one entry at a time. */
const SPEC_LINES_MAX = 600;
const LINES_LARGE = 250;

/** @param {string} text */
const lineCount = (text) => text.trimEnd().split('\n').length;

/** @type {Rule} A file that fits in the head; longer ones hide their parts. */
export const fileLength = {
  name: 'file length',
  check: (tree) =>
    codeFiles(tree)
      .map((path) => ({ path, lines: lineCount(tree.read(path)) }))
      .map((file) => ({ ...file, max: file.path.includes('.spec.') ? SPEC_LINES_MAX : LINES_MAX }))
      .filter(({ lines, max }) => lines > max)
      .map(({ path, lines, max }) => `${path}: ${lines} lines, at most ${max}: split it`),
};

/**
 * @param {import('./tree.mjs').Tree} tree
 * @returns {string[]} files that are near the limit, worth a look, no failure
 */
export const largeFiles = (tree) =>
  codeFiles(tree).filter((path) => {
    const lines = lineCount(tree.read(path));
    return lines > LINES_LARGE && lines <= LINES_MAX;
  });

/** @type {Rule} Two migrations with one number run in an order that nobody chose. */
export const migrationNumbers = {
  name: 'migration numbers',
  check(tree) {
    /** @type {Map<string, string>} */
    const owners = new Map();
    return tree.files.flatMap((path) => {
      const match = /^(prisma\/[^/]+\/migrations)\/([^/]+)\/migration\.sql$/.exec(path);
      if (!match) return [];
      const [, folder = '', name = ''] = match;
      const number = /^\d+/.exec(name)?.[0];
      if (!number) return [`${path}: the folder's name must begin with a number`];
      const key = `${folder}/${number}`;
      const other = owners.get(key);
      owners.set(key, name);
      return other ? [`${path}: number ${number} is taken by ${other}`] : [];
    });
  },
};

/** @type {Rule} A service's page says what it owns before anyone opens its code. */
export const serviceReadme = {
  name: 'service README',
  check: (tree) =>
    packageFolders(tree, 'apps')
      .filter((folder) => !tree.files.includes(`${folder}/README.md`))
      .map(
        (folder) => `${folder}/README.md is missing: say what the service owns, its invariants, messages in and out`,
      ),
};
