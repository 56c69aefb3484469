import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { toolsFolder } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { installTool } from './npm.mjs';

const NODE_VERSION = '24.21.0';
const NODE_MAJOR_MIN = 24;

const platform = process.platform === 'win32' ? 'win' : process.platform;
const binary = process.platform === 'win32' ? 'node.exe' : 'node';

// The platform's own package carries the binary and needs no install script, which npm 11 may hold back. The umbrella
// package `node` is the way out for platforms whose package has another name.
const packages = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`, 'node'];

/**
 * A Node that can run the platform: this one when it is new enough, else a private one under `.tools/node`.
 * @returns {Promise<string>} path of the node binary
 * @throws {StepFailure} when none can be had
 */
export async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  return (
    installedNode() ??
    (await step(`Installing Node ${NODE_VERSION} (this machine has ${process.versions.node})`, download))
  );
}

/** @returns {string | undefined} */
function installedNode() {
  return packages
    .map((name) => join(toolsFolder, `node-${NODE_VERSION}`, 'node_modules', name, 'bin', binary))
    .find((path) => existsSync(path));
}

/** @returns {Promise<string>} */
async function download() {
  let failure = new StepFailure('');
  for (const name of packages) {
    try {
      await installTool(`node-${NODE_VERSION}`, `${name}@${NODE_VERSION}`, ['--foreground-scripts']);
      const node = installedNode();
      if (node && (await runQuietly(node, ['--version'])).output.trim() === `v${NODE_VERSION}`) return node;
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      failure = error;
    }
  }
  throw new StepFailure(
    `Node ${NODE_VERSION} could not be installed: install Node ${NODE_MAJOR_MIN} or newer yourself, then run again.`,
    failure,
  );
}
