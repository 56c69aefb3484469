import { bootstrap, prepareTools } from '../bootstrap/index.mjs';
import { runGates } from '../checks/gates.mjs';
import { specFiles } from '../checks/tidy/tree.mjs';
import { reportFailure, say } from '../lib/console.mjs';
import { ensureTestServers } from '../servers/index.mjs';
import { checkCoverage } from '../testing/coverage.mjs';
import { runJest, splitProjects } from '../testing/jest.mjs';
import { count } from '../testing/results.mjs';

/** @type {import('./index.mjs').Command} */
export const test = {
  summary: 'run every check and every test, real servers included',
  usage: [
    '[jest arguments]  with arguments only Jest runs: `npm test -- libs/bus --selectProjects int`',
    'Environment: TEST_NATS_URL, TEST_REDIS_URL, TEST_DATABASE_URL, TEST_CLICKHOUSE_URL use running servers instead of own ones.',
    'Results are kept in reports/tests.json; coverage lies in coverage/.',
  ].join('\n'),
  async run(args) {
    const total = { passed: 0, failed: 0 };
    try {
      await (args.length > 0 ? runSome(args, total) : runEverything(total));
    } catch (error) {
      total.failed += 1;
      reportFailure(error);
    }
    process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
    return total.failed > 0 ? 1 : 0;
  },
};

/** @typedef {{ passed: number, failed: number }} Total */

/**
 * @param {Total} total
 * @param {Total} more
 */
function add(total, more) {
  total.passed += more.passed;
  total.failed += more.failed;
}

/** @returns {string[]} */
const specTexts = () => specFiles().map(({ text }) => text);

/** @param {Total} total */
async function runEverything(total) {
  const tools = await prepareTools();
  add(total, await runGates(tools));
  await runProject(tools, 'unit', { coverage: true }, total);
  const env = { ...tools.env, ...(await ensureTestServers(specTexts())) };
  await runProject({ ...tools, env }, 'int', { coverage: true }, total);
  await runProject({ ...tools, env }, 'e2e', {}, total);
  await checkCoverage();
}

/**
 * @param {string[]} jestArgs
 * @param {Total} total
 */
async function runSome(jestArgs, total) {
  const tools = await bootstrap();
  const { projects, args } = splitProjects(jestArgs);
  const needsServers = projects.some((project) => project !== 'unit');
  const env = { ...tools.env, ...(needsServers ? await ensureTestServers(specTexts()) : {}) };
  for (const project of projects) await runProject({ ...tools, env }, project, { args }, total);
}

/**
 * @param {import('../bootstrap/index.mjs').Toolchain} tools
 * @param {import('../testing/jest.mjs').Project} project
 * @param {{ args?: string[], coverage?: boolean }} options
 * @param {Total} total
 */
export async function runProject(tools, project, options, total) {
  say(`\n${project} tests`);
  const { code, results } = await runJest(tools, project, options);
  const counted = count(results);
  // Jest can fail without a failed test: a broken global set-up, a missed threshold, a crash.
  add(total, code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted);
}
