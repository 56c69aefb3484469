import { inRoot } from '../lib/paths.mjs';

/**
 * @param {string[]} [args] files or oxlint options; default: the whole repository
 * @returns {string[]} arguments for Node that run oxlint
 */
export function lintArgs(args = []) {
  return [inRoot('node_modules', 'oxlint', 'bin', 'oxlint'), '--deny-warnings', ...args];
}
