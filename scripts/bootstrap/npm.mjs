import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StepFailure } from '../lib/failure.mjs';
import { toolsFolder } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';

/**
 * npm as a JavaScript file run by this Node: `npm` itself is a shell script on Windows and cannot be spawned there.
 * @returns {{ command: string, args: string[] }}
 */
function npmProgram() {
  const candidates = [
    process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : '',
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((path) => path && existsSync(path));
  return script ? { command: process.execPath, args: [script] } : { command: 'npm', args: [] };
}

/**
 * Installs one tool into `.tools/<folder>`, apart from the workspace.
 * @param {string} folder
 * @param {string} spec exact: `pnpm@10.34.8`
 * @param {string[]} [flags]
 * @returns {Promise<string>} the tool's node_modules folder
 * @throws {StepFailure} when npm fails
 */
export async function installTool(folder, spec, flags = []) {
  const prefix = join(toolsFolder, folder);
  const logFile = join(toolsFolder, 'logs', `${folder}.log`);
  const { command, args } = npmProgram();
  const install = ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', ...flags, spec];
  const { code, tail } = await runQuietly(command, [...args, ...install], { logFile });
  if (code !== 0) {
    throw new StepFailure(
      `npm could not install ${spec}: check the network or the registry in ~/.npmrc, then run again.`,
      {
        tail,
        logFile,
      },
    );
  }
  return join(prefix, 'node_modules');
}
