import fc from 'fast-check';
import { cut } from './__fixtures__/streams.js';
import { LineScanner } from './line-scanner.js';

const texts = (frames: Buffer[]) => frames.map((frame) => frame.toString());

describe('LineScanner', () => {
  it('[PR-011] gives the same lines however the stream is cut', () => {
    const line = fc
      .tuple(fc.json(), fc.constantFrom('\n', '\r\n'))
      .map(([json, ending]) => `${json.replaceAll(/[\r\n]/g, '')}${ending}`);
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const scanner = new LineScanner();
        const seen = cut(Buffer.from(lines.join('')), places).flatMap((chunk) => scanner.push(chunk));
        expect(texts(seen)).toEqual(lines);
        expect(scanner.end()).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out blank lines and gives the rest at the end', () => {
    const scanner = new LineScanner();
    expect(texts(scanner.push(Buffer.from('\n{"a":1}\n\r\n \t\n{"b":2}')))).toEqual(['{"a":1}\n']);
    expect(scanner.end()?.toString()).toBe('{"b":2}');
    expect(scanner.end()).toBeNull();
  });

  it('does not copy the lines inside a chunk, nor write into one that it holds', () => {
    const chunk = Buffer.from('{"a":1}\n{"b":2}\n{"c"');
    const before = Buffer.from(chunk);
    const scanner = new LineScanner();
    for (const line of scanner.push(chunk)) expect(line.buffer).toBe(chunk.buffer);
    scanner.push(Buffer.from(':'));
    expect(texts(scanner.push(Buffer.from('3}\n')))).toEqual(['{"c":3}\n']);
    expect(chunk).toEqual(before);
  });

  it('refuses a line over the limit, in one chunk or in many', () => {
    const endless = new LineScanner(100);
    const feed = () => {
      for (let index = 0; index < 200; index += 1) endless.push(Buffer.from('x'));
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(() => new LineScanner(100).push(Buffer.from(`${'x'.repeat(100)}\n`))).toThrow('too large');
    expect(new LineScanner(100).push(Buffer.from('{"a":1}\n'.repeat(50)))).toHaveLength(50);
  });
});
