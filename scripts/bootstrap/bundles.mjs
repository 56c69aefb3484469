import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, toolsFolder, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { dependenciesFingerprint } from './packages.mjs';
import { contentHash, hash, isDone, markDone, treeStamp } from './state.mjs';

/**
 * Bundles every app that has a vite.config.ts (the dashboard) into its `dist`, unless nothing of it changed.
 * @param {string} node path of the node binary
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensureBundles(node, env) {
  for (const { name, folder } of workspacePackages().filter((each) =>
    existsSync(inRoot(each.folder, 'vite.config.ts')),
  )) {
    const fingerprint = hash(
      dependenciesFingerprint(node),
      contentHash([`${folder}/vite.config.ts`, `${folder}/index.html`, `${folder}/tsconfig.json`]),
      treeStamp([`${folder}/src`, `${folder}/public`]),
    );
    if (isDone(`bundle:${name}`, fingerprint) && existsSync(inRoot(folder, 'dist'))) continue;
    await step(`Bundling ${name}`, () => bundle(node, env, name, folder));
    markDone(`bundle:${name}`, fingerprint);
  }
}

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {string} folder
 */
async function bundle(node, env, name, folder) {
  const logFile = join(toolsFolder, 'logs', `bundle-${name}.log`);
  const vite = inRoot(folder, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, tail } = await runQuietly(node, [vite, 'build'], { cwd: inRoot(folder), env, logFile });
  if (code !== 0)
    throw new StepFailure(`Bundling ${name} failed: mend the errors above, then run again.`, { tail, logFile });
}
