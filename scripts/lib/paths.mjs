import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder that holds the root package.json. */
export const root = resolve(import.meta.dirname, '..', '..');

/** Everything that bootstrap downloads or remembers; git-ignored, safe to delete. */
export const toolsFolder = join(root, '.tools');

/** Test and coverage reports; git-ignored. */
export const reportsFolder = join(root, 'reports');

/**
 * @param {...string} parts path below the repository root
 * @returns {string} the absolute path
 */
export const inRoot = (...parts) => join(root, ...parts);

/** @typedef {{ name: string, group: 'apps' | 'libs' | 'packages', folder: string }} WorkspacePackage */

/**
 * The workspace's folders with a package.json, in a stable order.
 * @param {string} [from] repository root, another tree in tests
 * @returns {WorkspacePackage[]} `folder` is relative to the root (`libs/kernel`)
 */
export function workspacePackages(from = root) {
  return /** @type {const} */ (['apps', 'libs', 'packages']).flatMap((group) =>
    folderNames(join(from, group))
      .filter((name) => existsSync(join(from, group, name, 'package.json')))
      .map((name) => ({ name, group, folder: `${group}/${name}` })),
  );
}

/**
 * @param {string} folder absolute path, may be missing
 * @returns {string[]} names of the folders in it, sorted
 */
export function folderNames(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}
