import { delimiter, dirname } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureBundles } from './bundles.mjs';
import { ensureGitHooks } from './hooks.mjs';
import { ensureNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePrismaClients } from './prisma.mjs';

/**
 * @typedef {object} Toolchain
 * @property {string} node path of a Node that can run the platform
 * @property {NodeJS.ProcessEnv} env environment in which `node` on the PATH is that Node
 */

/**
 * Makes Node and the packages ready, without building.
 * @returns {Promise<Toolchain>}
 * @throws {import('../lib/failure.mjs').StepFailure}
 */
export async function prepareTools() {
  const node = await ensureNode();
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  await ensurePackages(node, env);
  await ensureGitHooks();
  await ensurePrismaClients(node, env);
  return { node, env };
}

/**
 * From a bare clone to something that runs: Node, packages, database clients, build, dashboard. Each step is skipped
 * when its inputs are those of the last time, so a second call costs milliseconds and prints nothing.
 * @returns {Promise<Toolchain>}
 * @throws {import('../lib/failure.mjs').StepFailure}
 */
export async function bootstrap() {
  const tools = await prepareTools();
  await ensureBuild(tools.node, tools.env);
  await ensureBundles(tools.node, tools.env);
  return tools;
}
