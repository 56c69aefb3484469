import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { root } from './paths.mjs';

const TAIL_LINES_MAX = 40;
const PARENT_CHECK_INTERVAL_MS = 500;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the repository root
 * @property {NodeJS.ProcessEnv} [env] default: this process's environment
 * @property {string} [logFile] where the whole output is kept
 */

/**
 * Runs a program to its end with its output kept out of sight.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string, tail: string }>} never rejects: a program that cannot start is code 127
 */
export function runQuietly(command, args, { cwd = root, env = process.env, logFile } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    if (logFile) mkdirSync(dirname(logFile), { recursive: true });
    const log = logFile ? createWriteStream(logFile) : undefined;
    const keep = (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk);
      log?.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      keep(Buffer.from(`${command}: ${error.message}\n`));
      finish(127);
    });
    child.once('close', (code, signal) => finish(exitCode(code, signal)));
    let finished = false;
    /** @param {number} code */
    function finish(code) {
      if (finished) return;
      finished = true;
      log?.end();
      const output = Buffer.concat(chunks).toString('utf8');
      done({ code, output, tail: output.trimEnd().split('\n').slice(-TAIL_LINES_MAX).join('\n') });
    }
  });
}

/**
 * Runs a program as if it had been started in our place: same terminal, signals passed on.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} its exit code, 128 + signal number when a signal ended it
 */
export function runAttached(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    const listeners = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']).map((signal) => {
      const listener = () => {
        // A terminal sends Ctrl-C to the whole group: passing it on as well would count as "again, hard" in the child.
        if (signal === 'SIGINT' && process.stdin.isTTY) return;
        child.kill(signal);
      };
      process.on(signal, listener);
      return /** @type {const} */ ([signal, listener]);
    });
    const watch = watchParent(() => child.kill('SIGTERM'));
    const finish = (/** @type {number} */ code) => {
      clearInterval(watch);
      for (const [signal, listener] of listeners) process.off(signal, listener);
      done(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      finish(127);
    });
    child.once('exit', (code, signal) => finish(exitCode(code, signal)));
  });
}

/**
 * npm runs us through a shell that dies of the signal it should pass on; without this the program would live on, alone,
 * holding its port. Only under npm: whoever starts us directly may well leave us behind on purpose.
 * @param {() => void} onOrphaned
 * @returns {NodeJS.Timeout | undefined}
 */
function watchParent(onOrphaned) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    onOrphaned();
  }, PARENT_CHECK_INTERVAL_MS).unref();
  return watch;
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number}
 */
function exitCode(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 1);
}
