import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, reportsFolder } from '../lib/paths.mjs';
import { runAttached } from '../lib/process.mjs';
import { tools as programs } from '../lib/tools.mjs';
import { fromJest, saveResults } from './results.mjs';

/** @typedef {'unit' | 'int' | 'e2e'} Project */

/** Servers and whole platforms are shared, so the tests that need them take turns. */
const orderArgs = { unit: [], int: ['--runInBand'], e2e: ['--runInBand'] };

/**
 * Runs one Jest project and records its results in reports/tests.json.
 * @param {import('../bootstrap/index.mjs').Toolchain} tools
 * @param {Project} project
 * @param {{ args?: string[], coverage?: boolean }} [options] args: passed to Jest
 * @returns {Promise<{ code: number, results: import('./results.mjs').TestResult[] }>}
 */
export async function runJest({ node, env }, project, { args = [], coverage = false } = {}) {
  const outputFile = join(reportsFolder, `jest-${project}.json`);
  mkdirSync(reportsFolder, { recursive: true });
  // A run that crashes must not leave the figures of the run before it.
  rmSync(outputFile, { force: true });
  if (coverage) rmSync(inRoot('coverage', project), { recursive: true, force: true });
  const measure = coverage ? ['--coverage', '--coverageReporters=json', `--coverageDirectory=coverage/${project}`] : [];
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', programs.jest()];
  // A filter may find nothing in one project; a whole run that finds no test has lost them.
  const filtered = args.length > 0 ? ['--passWithNoTests'] : [];
  const report = ['--json', '--outputFile', outputFile, ...filtered];
  const code = await runAttached(
    node,
    [...jest, '--selectProjects', project, ...orderArgs[project], ...measure, ...report, ...args],
    { env },
  );
  const results = existsSync(outputFile) ? fromJest(JSON.parse(readFileSync(outputFile, 'utf8')), project) : [];
  saveResults(results);
  return { code, results };
}

/**
 * @param {string[]} args what follows `npm test --`
 * @returns {{ projects: Project[], args: string[] }} the projects named by `--selectProjects`, else all; the rest for Jest
 */
export function splitProjects(args) {
  /** @type {Project[]} */
  const all = ['unit', 'int', 'e2e'];
  const start = args.indexOf('--selectProjects');
  if (start < 0) return { projects: all, args };
  let end = start + 1;
  while (end < args.length && all.some((name) => name === args[end])) end += 1;
  const named = args.slice(start + 1, end);
  return { projects: all.filter((name) => named.includes(name)), args: [...args.slice(0, start), ...args.slice(end)] };
}
