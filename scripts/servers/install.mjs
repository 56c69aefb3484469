import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { toolsFolder } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { findBinaries } from './find.mjs';

const policyFile = '/usr/sbin/policy-rc.d';

/** @typedef {import('./catalogue.mjs').ServerProgram} ServerProgram */

/**
 * Tries to install a server: Debian's package when we are root there, else Go's module cache.
 * @param {ServerProgram} server
 * @returns {Promise<string>} the end of the installers' output, to show when nothing helped
 */
export async function installServer(server) {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    return step(`Installing ${server.title}`, () => installByApt(server));
  }
  const go = findBinaries(['go'])[0] ?? findBinaries(['go'], '/usr/local/go/bin')[0];
  if (server.goModule && go)
    return step(`Building ${server.title}`, () => installByGo(go, /** @type {string} */ (server.goModule)));
  return '';
}

/** @param {ServerProgram} server */
async function installByApt(server) {
  // Debian starts a server on its standard port when it is installed, unless this file forbids it.
  const ownsPolicy = !existsSync(policyFile);
  if (ownsPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const logFile = join(toolsFolder, 'logs', `apt-${server.aptPackage}.log`);
  try {
    const update = await runQuietly('apt-get', ['update'], { env, logFile });
    if (update.code !== 0) return update.tail;
    return (
      await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', server.aptPackage], { env, logFile })
    ).tail;
  } finally {
    if (ownsPolicy) rmSync(policyFile, { force: true });
  }
}

/**
 * @param {string} go
 * @param {string} goModule
 */
async function installByGo(go, goModule) {
  const folder = join(toolsFolder, 'bin');
  mkdirSync(folder, { recursive: true });
  return (await runQuietly(go, ['install', goModule], { env: { ...process.env, GOBIN: folder } })).tail;
}
