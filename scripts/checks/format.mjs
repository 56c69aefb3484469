import { inRoot } from '../lib/paths.mjs';

/**
 * @param {'--check' | '--write'} mode
 * @param {string[]} [files] default: the whole repository
 * @returns {string[]} arguments for Node that run Prettier
 */
export function formatArgs(mode, files = []) {
  const prettier = inRoot('node_modules', 'prettier', 'bin', 'prettier.cjs');
  const wanted = files.length > 0 ? files : ['.'];
  return [
    prettier,
    mode,
    '--log-level',
    'warn',
    '--ignore-unknown',
    '--cache',
    '--cache-location',
    '.tools/prettier-cache',
    ...wanted,
  ];
}
