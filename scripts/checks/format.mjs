import { tools } from '../lib/tools.mjs';

/**
 * @param {'--check' | '--write'} mode
 * @param {string[]} [files] default: the whole repository
 * @returns {string[]} arguments for Node that run Prettier
 */
export function formatArgs(mode, files = []) {
  const wanted = files.length > 0 ? files : ['.'];
  return [
    tools.prettier(),
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
