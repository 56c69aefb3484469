import { splitLines, TOO_LONG } from './split-lines.js';

async function linesOf(chunks: Buffer[], lineBytesMax = 1_000): Promise<[number, string | typeof TOO_LONG][]> {
  const found: [number, string | typeof TOO_LONG][] = [];
  async function* source(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  for await (const { number, line } of splitLines(source(), lineBytesMax)) {
    found.push([number, line === TOO_LONG ? TOO_LONG : line.toString()]);
  }
  return found;
}

describe('the lines of a file in chunks', () => {
  it('are the same wherever the chunks end', async () => {
    const text = Buffer.from('{"a":"ü"}\n\n{"b":1}\r\n{"c":"日本"}');
    const whole = await linesOf([text]);
    expect(whole).toHaveLength(3);
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const chunks = [text.subarray(0, first), text.subarray(first, second), text.subarray(second)];
        expect(await linesOf(chunks)).toEqual(whole);
      }
    }
  });

  it('keep their numbers when blank ones are left out', async () => {
    expect(await linesOf([Buffer.from('a\n\n \r\nb\r\n\n')])).toEqual([
      [1, 'a'],
      [4, 'b\r'],
    ]);
  });

  it('are not held when they are too long, and those after them are found', async () => {
    const chunks = [Buffer.from('aaaa'), Buffer.from('aaaa\nbb'), Buffer.from('b\ncccc'), Buffer.from('c')];
    expect(await linesOf(chunks, 4)).toEqual([
      [1, TOO_LONG],
      [2, 'bbb'],
      [3, TOO_LONG],
    ]);
  });
});
