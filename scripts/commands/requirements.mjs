import { specFiles } from '../checks/tidy/tree.mjs';
import { inRoot } from '../lib/paths.mjs';
import { readCatalogue } from '../requirements/catalogue.mjs';
import { unknownClaims, weigh } from '../requirements/evidence.mjs';
import { readResults } from '../testing/results.mjs';

/** @type {import('./index.mjs').Command} */
export const requirements = {
  summary: 'list every row of the catalogue with its tests and their last result',
  usage:
    '[--json]  prints [{id, priority, tests, result: "passed" | "failed" | "none"}]\nRun `npm test` first: results come from reports/tests.json.',
  async run(args) {
    const rows = readCatalogue(inRoot('docs', 'requirements'));
    const specs = specFiles();
    const evidence = weigh(rows, specs, readResults());
    if (args.includes('--json')) {
      process.stdout.write(`${JSON.stringify(evidence, null, 2)}\n`);
      return 0;
    }
    process.stdout.write(table(rows, evidence));
    for (const claim of unknownClaims(rows, specs)) process.stderr.write(`No such row in the catalogue: ${claim}\n`);
    return 0;
  },
};

/**
 * @param {import('../requirements/catalogue.mjs').Row[]} rows
 * @param {import('../requirements/evidence.mjs').Evidence[]} evidence
 * @returns {string}
 */
function table(rows, evidence) {
  const lines = evidence.map(({ id, priority, tests, result }, index) =>
    [
      id.padEnd(8),
      (priority || '–').padEnd(4),
      result.padEnd(8),
      String(tests.length).padStart(5),
      `  ${(rows[index]?.text ?? '').slice(0, 80)}`,
    ].join(''),
  );
  const totals = ['P0', 'P1', 'P2', 'P3'].map((priority) => {
    const of = evidence.filter((each) => each.priority === priority);
    return `${priority} ${of.filter(({ result }) => result === 'passed').length}/${of.length}`;
  });
  const failed = evidence.filter(({ result }) => result === 'failed').length;
  return `${['Row     P   Result   Tests  Requirement', ...lines, '', `passed: ${totals.join(', ')}; failed: ${failed}`].join('\n')}\n`;
}
