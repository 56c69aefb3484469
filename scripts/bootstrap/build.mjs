import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, toolsFolder, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { tools } from '../lib/tools.mjs';
import { dependenciesFingerprint } from './packages.mjs';
import { contentHash, hash, isDone, markDone, treeStamp } from './state.mjs';

/** Build outputs: without one of them there must be a build although no source changed. */
function outputsExist() {
  /** @type {{ references: { path: string }[] }} */
  const { references } = JSON.parse(readFileSync(inRoot('tsconfig.json'), 'utf8'));
  return references.every(({ path }) => !existsSync(inRoot(path, 'src')) || existsSync(inRoot(path, 'dist')));
}

/**
 * Compiles every package that the root tsconfig.json refers to; nothing runs when no source changed.
 * @param {string} node path of the node binary
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensureBuild(node, env) {
  const fingerprint = hash(
    dependenciesFingerprint(node),
    contentHash(['tsconfig.json', 'tsconfig.base.json']),
    contentHash(workspacePackages().map(({ folder }) => `${folder}/tsconfig.json`)),
    treeStamp(workspacePackages().map(({ folder }) => `${folder}/src`)),
  );
  if (isDone('build', fingerprint) && outputsExist()) return;
  await step('Building', () => compile(node, env));
  markDone('build', fingerprint);
}

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
async function compile(node, env) {
  const logFile = join(toolsFolder, 'logs', 'build.log');
  const { code, tail } = await runQuietly(node, [tools.tsc(), '-b'], {
    env,
    logFile,
  });
  if (code !== 0)
    throw new StepFailure('Building failed: mend the compiler errors above, then run again.', { tail, logFile });
}
