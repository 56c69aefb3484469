import { inRoot } from '../lib/paths.mjs';
import { parseRows, readCatalogue } from './catalogue.mjs';
import { idsOf, unknownClaims, weigh } from './evidence.mjs';

const row = (id: string) => ({ id, priority: 'P0', text: '', file: 'x.md' });
const result = (file: string, title: string, status: 'passed' | 'failed' | 'skipped') => ({
  file,
  title,
  project: 'unit',
  status,
});

/** Not written out: these titles are samples, and no test of a row. */
const FAMILY = 'GW';

describe('the catalogue', () => {
  it('is read whole: 432 rows, each id once, priorities as its own table counts them', () => {
    const rows = readCatalogue(inRoot('docs', 'requirements'));
    expect(rows).toHaveLength(432);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(432);
    expect(['P0', 'P1', 'P2', 'P3'].map((name) => rows.filter(({ priority }) => priority === name).length)).toEqual([
      124, 120, 114, 66,
    ]);
  });

  it('keeps an escaped bar inside its cell', () => {
    const page =
      '| ID | Requirement | Sources | P | Shown by |\n|---|---|---|---|---|\n| WL-012 | `csv\\|json` | AO | P2 | x |';
    expect(parseRows(page, 'wallet.md')).toEqual([
      { id: 'WL-012', priority: 'P2', text: '`csv|json`', file: 'wallet.md' },
    ]);
  });
});

describe('evidence', () => {
  it.each([
    [`[${FAMILY}-001] answers`, ['GW-001']],
    [`[${FAMILY}-001][${FAMILY}-002] answers`, ['GW-001', 'GW-002']],
    [`[${FAMILY}-001, MT-004] answers`, ['GW-001', 'MT-004']],
    ['GW-001 without brackets', []],
  ])('reads the rows that a title claims: %s', (title, ids) => {
    expect(idsOf(title)).toEqual(ids);
  });

  it('passes a row only when every one of its tests ran and passed', () => {
    const specs = [
      {
        file: 'a.spec.ts',
        text: `it('[${FAMILY}-001] one') it('[${FAMILY}-002] two') it('[${FAMILY}-003] three') it('[${FAMILY}-004] four')`,
      },
      { file: 'b.spec.ts', text: `it('[${FAMILY}-003] elsewhere')` },
    ];
    const results = [
      result('a.spec.ts', `[${FAMILY}-001] one`, 'passed'),
      result('a.spec.ts', `[${FAMILY}-002] two`, 'passed'),
      result('a.spec.ts', `[${FAMILY}-002] again`, 'failed'),
      result('a.spec.ts', `[${FAMILY}-003] three`, 'passed'),
      result('a.spec.ts', `[${FAMILY}-004] four`, 'skipped'),
    ];
    const rows = ['GW-001', 'GW-002', 'GW-003', 'GW-004', 'GW-005'].map(row);
    expect(weigh(rows, specs, results).map((each) => each.result)).toEqual([
      'passed',
      'failed',
      'none',
      'none',
      'none',
    ]);
  });

  it('ignores a result whose test no longer claims the row', () => {
    const [evidence] = weigh(
      [row('GW-001')],
      [{ file: 'a.spec.ts', text: '' }],
      [result('a.spec.ts', `[${FAMILY}-001] gone`, 'passed')],
    );
    expect(evidence).toEqual({ id: 'GW-001', priority: 'P0', tests: [], result: 'none' });
  });

  it('names claims of rows that do not exist', () => {
    expect(unknownClaims([row('GW-001')], [{ file: 'a.spec.ts', text: `it('[${FAMILY}-999] x')` }])).toEqual([
      'GW-999 (a.spec.ts)',
    ]);
  });
});
