import { existsSync, readFileSync } from 'node:fs';
import { say } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot } from '../lib/paths.mjs';

/**
 * @typedef {{ lines: number, branches: number, functions: number }} Percentages
 */

/**
 * Adds up the coverage of the unit and integration runs and holds it against `coverage-thresholds.json`.
 * @throws {StepFailure} when a threshold is missed and `enforced` is true; otherwise the figures are only printed
 */
export async function checkCoverage() {
  const measured = await measure(
    ['coverage/unit/coverage-final.json', 'coverage/int/coverage-final.json'].map((path) => inRoot(path)),
  );
  /** @type {Percentages & { enforced: boolean }} */
  const { enforced, ...thresholds } = JSON.parse(readFileSync(inRoot('coverage-thresholds.json'), 'utf8'));
  const missed = missedThresholds(measured, thresholds);
  say(`coverage: ${measured.lines}% lines, ${measured.branches}% branches, ${measured.functions}% functions`);
  if (missed.length === 0) return;
  if (enforced) throw new StepFailure(`coverage: ${missed.join(', ')}; add tests for what changed`);
  say(`coverage (reported, not enforced): ${missed.join(', ')}`);
}

/**
 * @param {Percentages} measured
 * @param {Percentages} thresholds
 * @returns {string[]} one text per missed threshold
 */
export function missedThresholds(measured, thresholds) {
  return /** @type {const} */ (['lines', 'branches', 'functions'])
    .filter((metric) => measured[metric] < thresholds[metric])
    .map((metric) => `${metric} ${measured[metric]}% < ${thresholds[metric]}%`);
}

/**
 * @param {string[]} files reports in Istanbul's format; a missing one counts as nothing covered
 * @returns {Promise<Percentages>}
 */
async function measure(files) {
  // Loaded here, not at the top: these scripts start before anything is installed.
  const { default: coverage } = await import('istanbul-lib-coverage');
  const map = coverage.createCoverageMap({});
  for (const file of files.filter((path) => existsSync(path))) map.merge(JSON.parse(readFileSync(file, 'utf8')));
  const summary = map.getCoverageSummary();
  return { lines: summary.lines.pct, branches: summary.branches.pct, functions: summary.functions.pct };
}
