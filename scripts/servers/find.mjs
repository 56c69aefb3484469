import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { toolsFolder } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';

// Debian puts servers where the PATH of an ordinary user does not look.
const systemFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * @param {string[]} names best first
 * @param {string} [path] search path; default: PATH, the usual server folders, `.tools/bin`
 * @returns {string[]} every executable found, best first
 */
export function findBinaries(names, path) {
  const folders = path?.split(delimiter) ?? [
    ...(process.env.PATH ?? '').split(delimiter),
    ...systemFolders,
    join(toolsFolder, 'bin'),
  ];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return names.flatMap((name) => folders.map((folder) => join(folder, name + suffix))).filter(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} output what `--version` printed
 * @returns {[number, number] | undefined} major and minor
 */
export function parseVersion(output) {
  const match = /(\d+)\.(\d+)\.\d+/.exec(output);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/**
 * @param {readonly [number, number]} version
 * @param {readonly [number, number]} minimum
 */
export const isAtLeast = (version, minimum) =>
  version[0] > minimum[0] || (version[0] === minimum[0] && version[1] >= minimum[1]);

/**
 * @param {import('./catalogue.mjs').ServerProgram} server
 * @returns {Promise<string | undefined>} the first binary that runs and is new enough
 */
export async function findServer(server) {
  for (const binary of findBinaries(server.binaries)) {
    const { code, output } = await runQuietly(binary, ['--version']);
    const version = code === 0 ? parseVersion(output) : undefined;
    if (version && isAtLeast(version, server.versionMin)) return binary;
  }
  return undefined;
}
