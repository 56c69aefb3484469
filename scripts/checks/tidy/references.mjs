import { packageFolders } from './tree.mjs';

/** @typedef {import('./tree.mjs').Tree} Tree */

/**
 * @param {Tree} tree
 * @returns {string[]} every package that TypeScript compiles, as `libs/kernel`
 */
const compiledPackages = (tree) =>
  ['libs', 'apps', 'packages']
    .flatMap((group) => packageFolders(tree, group))
    .filter((folder) => tree.files.includes(`${folder}/tsconfig.json`));

/** @type {import('./tree.mjs').Rule} A package that the root does not refer to is never built, and its errors are never seen. */
export const rootReferences = {
  name: 'root references',
  check(tree) {
    if (!tree.files.includes('tsconfig.json')) return ['tsconfig.json is missing'];
    /** @type {{ references: { path: string }[] }} */
    const { references } = JSON.parse(tree.read('tsconfig.json'));
    const named = new Set(references.map(({ path }) => path));
    return compiledPackages(tree)
      .filter((folder) => !named.has(folder))
      .map((folder) => `tsconfig.json: no reference to ${folder}: run \`npm run tidy -- --fix\``);
  },
};

/**
 * @param {Tree} tree
 * @returns {string} the text of a root tsconfig.json that refers to every package
 */
export function rootConfig(tree) {
  return `${JSON.stringify({ files: [], references: compiledPackages(tree).map((path) => ({ path })) }, null, 2)}\n`;
}
