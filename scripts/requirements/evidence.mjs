/** @typedef {import('./catalogue.mjs').Row} Row */
/** @typedef {import('../testing/results.mjs').TestResult} TestResult */
/** @typedef {{ id: string, priority: string, tests: string[], result: 'passed' | 'failed' | 'none' }} Evidence */

const idsInBrackets = /\[((?:[A-Z]{2}-\d{3}(?:,\s*)?)+)\]/g;

/**
 * @param {string} title of a test
 * @returns {string[]} the catalogue rows it claims to prove: `[GW-001]`, `[GW-001][GW-002]` or `[GW-001, GW-002]`
 */
export function idsOf(title) {
  return [...title.matchAll(idsInBrackets)].flatMap(([, ids = '']) => ids.split(/,\s*/).filter(Boolean));
}

/**
 * @param {Row[]} rows
 * @param {{ file: string, text: string }[]} specs spec files
 * @param {TestResult[]} results last results; a test counts for a row only when its spec still names the row
 * @returns {Evidence[]} passed: every test of the row ran last time and passed; failed: one failed; none: no test, or not run
 */
export function weigh(rows, specs, results) {
  const claims = collectClaims(specs);
  return rows.map(({ id, priority }) => {
    const files = claims.get(id) ?? [];
    const own = results.filter(({ file, title }) => files.includes(file) && idsOf(title).includes(id));
    const ran = own.filter(({ status }) => status !== 'skipped');
    const tests = own.length > 0 ? own.map(({ file, title }) => `${file}: ${title}`) : files;
    return { id, priority, tests, result: resultOf(ran, own.length, files) };
  });
}

/**
 * @param {TestResult[]} ran
 * @param {number} known tests of the row that the last results name, skipped ones included
 * @param {string[]} files
 * @returns {Evidence['result']}
 */
function resultOf(ran, known, files) {
  if (ran.some(({ status }) => status === 'failed')) return 'failed';
  const everyFileRan = files.every((file) => ran.some((result) => result.file === file));
  return ran.length > 0 && ran.length === known && everyFileRan ? 'passed' : 'none';
}

/**
 * @param {{ file: string, text: string }[]} specs
 * @returns {Map<string, string[]>} row → spec files that name it in brackets
 */
function collectClaims(specs) {
  /** @type {Map<string, string[]>} */
  const claims = new Map();
  for (const { file, text } of specs) {
    for (const id of new Set(idsOf(text))) claims.set(id, [...(claims.get(id) ?? []), file]);
  }
  return claims;
}

/**
 * @param {Row[]} rows
 * @param {{ file: string, text: string }[]} specs
 * @returns {string[]} claims of rows that the catalogue does not have
 */
export function unknownClaims(rows, specs) {
  const known = new Set(rows.map(({ id }) => id));
  return [...collectClaims(specs)].filter(([id]) => !known.has(id)).map(([id, files]) => `${id} (${files.join(', ')})`);
}
