import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { reportsFolder, root } from '../lib/paths.mjs';

const resultsFile = join(reportsFolder, 'tests.json');

/** @typedef {{ file: string, title: string, project: string, status: 'passed' | 'failed' | 'skipped' }} TestResult */
/** @typedef {{ assertionResults: { fullName: string, status: string }[], name: string, status: string, message: string }} JestFile */

/**
 * @param {{ testResults: JestFile[] }} report what `jest --json` writes
 * @param {string} project unit, int or e2e
 * @returns {TestResult[]} a file that could not even be loaded counts as one failed test
 */
export function fromJest(report, project) {
  return report.testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(root, name).replaceAll('\\', '/');
    if (assertionResults.length === 0 && status === 'failed') {
      return [{ file, title: `${file} loads`, project, status: /** @type {const} */ ('failed') }];
    }
    return assertionResults.map((each) => ({ file, title: each.fullName, project, status: toStatus(each.status) }));
  });
}

/**
 * @param {string} status Jest's
 * @returns {TestResult['status']}
 */
function toStatus(status) {
  if (status === 'passed' || status === 'failed') return status;
  return 'skipped';
}

/**
 * @returns {TestResult[]} the last result of every test that has run and whose file still exists
 */
export function readResults() {
  if (!existsSync(resultsFile)) return [];
  /** @type {{ tests: TestResult[] }} */
  const { tests } = JSON.parse(readFileSync(resultsFile, 'utf8'));
  return tests.filter(({ file }) => existsSync(join(root, file)));
}

/**
 * Replaces the results of the files that ran; a run of some files keeps what is known of the others.
 * @param {TestResult[]} previous
 * @param {TestResult[]} latest
 * @returns {TestResult[]} sorted by file
 */
export function mergeResults(previous, latest) {
  const ran = new Set(latest.map(({ file }) => file));
  const kept = previous.filter(({ file }) => !ran.has(file));
  return [...kept, ...latest].toSorted((a, b) => a.file.localeCompare(b.file));
}

/** @param {TestResult[]} latest */
export function saveResults(latest) {
  mkdirSync(reportsFolder, { recursive: true });
  const tests = mergeResults(readResults(), latest);
  writeFileSync(resultsFile, `${JSON.stringify({ writtenAt: new Date().toISOString(), tests }, null, 1)}\n`);
}

/**
 * @param {TestResult[]} results
 * @returns {{ passed: number, failed: number }}
 */
export function count(results) {
  return {
    passed: results.filter(({ status }) => status === 'passed').length,
    failed: results.filter(({ status }) => status === 'failed').length,
  };
}
