import { toCsv } from './csv.js';

describe('CSV', () => {
  it('[WL-012] is RFC 4180: lines end in CRLF, quotes are doubled, what needs quotes has them', () => {
    const csv = toCsv(
      ['name', 'cost_usd'],
      [
        ['plain', { number: '1.5' }],
        ['a, "b"\r\nc', { number: '0' }],
        [null, { number: '2' }],
      ],
    );
    expect(csv).toBe('name,cost_usd\r\nplain,1.5\r\n"a, ""b""\r\nc",0\r\n,2\r\n');
  });

  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ["o'clock", "o'clock"],
  ])('[WL-012] lets no name run as a formula: %j', (text, field) => {
    expect(toCsv(['name'], [[text]])).toBe(`name\r\n${field}\r\n`);
  });

  it('writes numbers as they are, also below zero', () => {
    expect(toCsv(['cost_usd'], [[{ number: '-0.5' }]])).toBe('cost_usd\r\n-0.5\r\n');
  });
});
