import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, toolsFolder, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { dependenciesFingerprint } from './packages.mjs';
import { contentHash, hash, isDone, markDone, treeStamp } from './state.mjs';

/** Build outputs whose loss must trigger a build although no source changed. */
const outputsExist = () =>
  workspacePackages()
    .filter(({ folder }) => existsSync(inRoot(folder, 'src')) && existsSync(inRoot(folder, 'tsconfig.json')))
    .every(({ folder }) => existsSync(inRoot(folder, 'dist')));

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
  const { code, tail } = await runQuietly(node, [inRoot('node_modules', 'typescript-native', 'bin', 'tsc'), '-b'], {
    env,
    logFile,
  });
  if (code !== 0)
    throw new StepFailure('Building failed: mend the compiler errors above, then run again.', { tail, logFile });
}
