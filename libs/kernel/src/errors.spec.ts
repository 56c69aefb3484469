import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, type ErrorCode } from './errors.js';

/** The cells of the table in docs/errors.md. */
const rows = readFileSync('docs/errors.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code = '', status = '', type = '', meaning = '', remedy = '']) => ({
    code: code.replaceAll('`', ''),
    status: Number(status),
    type,
    meaning,
    remedy,
  }));

const sources = ['apps', 'libs'].flatMap((group) =>
  readdirSync(group).flatMap((name) => filesBelow(join(group, name, 'src'))),
);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.(spec|suite)\.tsx?$|(^|[/\\])generated[/\\]/.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

describe('docs/errors.md', () => {
  it('[GW-018] has a row for each code, in the order of the table in the code, with its status and type', () => {
    const expected = Object.entries(ERROR_CODES).map(([code, [status, type]]) => ({ code, status, type }));
    expect(rows.map(({ code, status, type }) => ({ code, status, type }))).toEqual(expected);
  });

  it('says of each code what it means and what to do', () => {
    expect(rows.filter(({ meaning, remedy }) => meaning === '' || remedy === '')).toEqual([]);
  });

  it('calls reserved exactly the codes that nothing gives', () => {
    const given = (code: ErrorCode): boolean => sources.some((text) => text.includes(`'${code}'`));
    const reserved = rows.filter(({ meaning }) => meaning.startsWith('_Reserved_')).map(({ code }) => code);
    expect(reserved).toEqual((Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !given(code)));
  });
});
