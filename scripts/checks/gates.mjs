import { ensureBuild } from '../bootstrap/build.mjs';
import { ensureBundles } from '../bootstrap/bundles.mjs';
import { dim, green, red, reportFailure, say, seconds } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { runQuietly } from '../lib/process.mjs';
import { tools as programs } from '../lib/tools.mjs';
import { checkBoundaries } from './boundaries/index.mjs';
import { formatArgs } from './format.mjs';
import { lintArgs } from './lint.mjs';
import { checkTidy } from './tidy/index.mjs';
import { checkTypes } from './types.mjs';

/**
 * A check over the whole tree. It passes by returning, and fails by throwing a StepFailure whose tail shows what to mend.
 * @typedef {{ name: string, run: (tools: import('../bootstrap/index.mjs').Toolchain) => Promise<void> }} Gate
 */

/**
 * @param {string} name
 * @param {() => string[]} args
 * @param {string} advice
 * @returns {Gate}
 */
const tool = (name, args, advice) => ({
  name,
  async run({ node, env }) {
    const { code, output } = await runQuietly(node, args(), { env });
    if (code !== 0) throw new StepFailure(`${name}: ${advice}`, { tail: output.trimEnd() });
  },
});

/** In the order in which CI runs them: the cheap ones first. @type {Gate[]} */
const gates = [
  tool('format', () => formatArgs('--check'), 'run `npm run format`'),
  tool('lint', () => lintArgs(), 'mend what oxlint names above'),
  {
    name: 'types',
    async run(tools) {
      await ensureBuild(tools.node, tools.env);
      await ensureBundles(tools.node, tools.env);
      await checkTypes(tools);
    },
  },
  { name: 'boundaries', run: checkBoundaries },
  tool(
    'knip',
    () => [programs.knip(), '--no-progress', '--no-config-hints', '--no-gitignore'],
    'remove what nothing uses, or declare what is used',
  ),
  { name: 'tidy', run: checkTidy },
];

/**
 * Runs every gate, also after one failed: the reader wants the whole list of what to mend.
 * @param {import('../bootstrap/index.mjs').Toolchain} tools
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runGates(tools) {
  let failed = 0;
  for (const gate of gates) {
    const startedAtMs = Date.now();
    try {
      await gate.run(tools);
      say(`${green('✓')} ${gate.name} ${dim(seconds(Date.now() - startedAtMs))}`);
    } catch (error) {
      failed += 1;
      reportFailure(error);
      say(`${red('✗')} ${gate.name} ${dim(seconds(Date.now() - startedAtMs))}`);
    }
  }
  return { passed: gates.length - failed, failed };
}
