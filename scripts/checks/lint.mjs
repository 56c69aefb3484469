import { tools } from '../lib/tools.mjs';

/**
 * @param {string[]} [args] files or oxlint options; default: the whole repository
 * @returns {string[]} arguments for Node that run oxlint
 */
export function lintArgs(args = []) {
  return [tools.oxlint(), '--deny-warnings', ...args];
}
