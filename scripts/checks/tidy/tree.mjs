import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../lib/paths.mjs';

/**
 * What a tidy rule sees: the repository's own files, generated and installed ones left out.
 * @typedef {object} Tree
 * @property {string[]} files paths relative to the root, with forward slashes, sorted
 * @property {(path: string) => string} read
 */

/**
 * A rule gives one line per problem, each naming the file and what to do.
 * @typedef {{ name: string, check: (tree: Tree) => string[] }} Rule
 */

const skipped = new Set(['node_modules', 'dist', 'coverage', 'reports', 'generated', '.git', '.tools', '.data']);

/**
 * @param {string} folder root of the repository
 * @returns {Tree}
 */
export function treeOf(folder) {
  /** @type {string[]} */
  const files = [];
  const visit = (/** @type {string} */ current) => {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) files.push(relative(folder, path).replaceAll('\\', '/'));
    }
  };
  visit(folder);
  return { files: files.toSorted(), read: (path) => readFileSync(join(folder, path), 'utf8') };
}

/**
 * A tree that exists in memory only.
 * @param {Record<string, string>} contents path → text
 * @returns {Tree}
 */
export function plantedTree(contents) {
  return { files: Object.keys(contents).toSorted(), read: (path) => contents[path] ?? '' };
}

/** @param {string} path */
export const isCode = (path) => /\.(ts|tsx|mts|mjs|js|jsx)$/.test(path) && !path.endsWith('.d.ts');

/** @param {string} path */
export const isTest = (path) => /\.spec\.tsx?$/.test(path);

/**
 * @param {Tree} tree
 * @returns {string[]} code files that are written by people
 */
export const codeFiles = (tree) => tree.files.filter((path) => isCode(path) && !path.includes('/__fixtures__/'));

/**
 * @param {Tree} tree
 * @param {string} group apps, libs or packages
 * @returns {string[]} folders in it that are packages (`apps/wallet`)
 */
export function packageFolders(tree, group) {
  const manifest = new RegExp(`^${group}/[^/]+/package\\.json$`);
  return tree.files.filter((path) => manifest.test(path)).map((path) => path.slice(0, -'/package.json'.length));
}

/**
 * @returns {{ file: string, text: string }[]} every spec file of the repository
 */
export function specFiles() {
  const tree = treeOf(root);
  return tree.files.filter(isTest).map((file) => ({ file, text: tree.read(file) }));
}
