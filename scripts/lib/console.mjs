import { relative } from 'node:path';
import { StepFailure } from './failure.mjs';
import { root } from './paths.mjs';

const isColoured = Boolean(process.stderr.isTTY) && !process.env.NO_COLOR;

/**
 * @param {number} code ANSI colour
 * @returns {(text: string) => string}
 */
const colour = (code) => (text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);

export const green = colour(32);
export const red = colour(31);
export const dim = colour(2);

/**
 * Progress goes to standard error: standard output belongs to the program that is started.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @param {number} durationMs
 * @returns {string} `0.4 s`
 */
export function seconds(durationMs) {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/**
 * Announces a step, runs it and says how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAtMs = Date.now();
  say(`${dim('•')} ${title} …`);
  const result = await work();
  say(`${green('✓')} ${title} ${dim(seconds(Date.now() - startedAtMs))}`);
  return result;
}

/**
 * @param {unknown} error
 */
export function reportFailure(error) {
  if (!(error instanceof StepFailure)) {
    say(red(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
    return;
  }
  if (error.tail) say(error.tail.replaceAll(/^/gm, '  | '));
  say(red(`✗ ${error.message}`));
  if (error.logFile) say(dim(`  whole output: ${relative(root, error.logFile)}`));
}
