import { build } from './build.mjs';
import { format } from './format.mjs';
import { lint } from './lint.mjs';
import { preflight } from './preflight.mjs';
import { bench, cluster, migrate, settings, simulate, start } from './programs.mjs';
import { requirements } from './requirements.mjs';
import { test } from './test.mjs';
import { tidy } from './tidy.mjs';

/**
 * @typedef {object} Command
 * @property {string} usage arguments and options, one per line
 * @property {string} summary what it does, one line
 * @property {(args: string[]) => Promise<number>} run gives the exit code
 */

/** @type {Record<string, Command>} */
export const commands = {
  start,
  cluster,
  build,
  migrate,
  lint,
  format,
  test,
  bench,
  simulate,
  settings,
  preflight,
  requirements,
  tidy,
};

/** @returns {string} */
export function overview() {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return [
    'Usage: npm run <command> [-- arguments]',
    '',
    ...rows,
    '',
    '`npm run <command> -- --help` says more.',
    '',
  ].join('\n');
}

/**
 * @param {string} name
 * @param {Command} command
 * @returns {string}
 */
export function helpOf(name, { summary, usage }) {
  return `${name}: ${summary}\n\n${usage}\n`;
}
