import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot, toolsFolder, workspacePackages } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { installTool } from './npm.mjs';
import { contentHash, hash, isDone, markDone } from './state.mjs';

const PNPM_VERSION = '10.34.8';

/** @returns {Promise<string>} path of pnpm's JavaScript entry */
export async function ensurePnpm() {
  const folder = `pnpm-${PNPM_VERSION}`;
  const script = join(toolsFolder, folder, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  if (!existsSync(script)) {
    await step(`Installing pnpm ${PNPM_VERSION}`, () => installTool(folder, `pnpm@${PNPM_VERSION}`));
  }
  return script;
}

/**
 * Fingerprint of everything that decides what lies in node_modules.
 * @param {string} node path of the node binary
 * @returns {string}
 */
export function dependenciesFingerprint(node) {
  const manifests = workspacePackages().map(({ folder }) => `${folder}/package.json`);
  return hash(
    node,
    contentHash(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', ...manifests]),
  );
}

/**
 * Installs the workspace's dependencies exactly as the lockfile says, unless that is how they already are.
 * @param {string} node path of the node binary
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensurePackages(node, env) {
  const fingerprint = dependenciesFingerprint(node);
  if (isDone('packages', fingerprint) && existsSync(inRoot('node_modules', '.modules.yaml'))) return;
  const pnpm = await ensurePnpm();
  await step('Installing packages (the first time takes a minute or two)', async () => {
    const logFile = join(toolsFolder, 'logs', 'packages.log');
    // pnpm asks before it rebuilds node_modules when a terminal is there; nobody is.
    const { code, tail } = await runQuietly(node, [pnpm, 'install', '--frozen-lockfile'], {
      env: { ...env, CI: 'true' },
      logFile,
    });
    if (code !== 0) {
      throw new StepFailure(
        'Installing packages failed: check network and disk space; after a change of a package.json run `npx pnpm@10 install` once.',
        { tail, logFile },
      );
    }
  });
  markDone('packages', fingerprint);
}
