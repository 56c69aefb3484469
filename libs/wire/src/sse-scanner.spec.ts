import fc from 'fast-check';
import { SseScanner } from './sse-scanner.js';

const texts = (frames: Buffer[]) => frames.map((frame) => frame.toString());

/** Splits a buffer at the given places. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...at, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

const line = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
  fc.constantFrom(': keep-alive', 'event: message', 'data:', 'id: 7', 'data: "\u2028€"'),
);
const frame = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, ending]) => `${lines.join(ending)}${ending}${ending}`);

describe('SseScanner', () => {
  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat()), (frames, places) => {
        const scanner = new SseScanner();
        const seen = cut(Buffer.from(frames.join('')), places).flatMap((chunk) => scanner.push(chunk));
        expect(texts(seen)).toEqual(frames);
        expect(scanner.end()).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('survives being fed byte by byte', () => {
    const frames = ['data: {"a":"😀"}\r\n\r\n', ': ping\n\n', 'data: a\ndata: b\n\n', 'data: [DONE]\n\n'];
    const scanner = new SseScanner();
    const bytes = Buffer.from(frames.join(''));
    const seen = [...bytes.keys()].flatMap((index) => scanner.push(bytes.subarray(index, index + 1)));
    expect(texts(seen)).toEqual(frames);
  });

  it('does not copy a chunk that is one frame, nor the frames inside a chunk', () => {
    const one = Buffer.from('data: a\n\n');
    expect(new SseScanner().push(one)[0]).toBe(one);
    const two = Buffer.from('data: a\n\ndata: b\n\n');
    for (const part of new SseScanner().push(two)) expect(part.buffer).toBe(two.buffer);
  });

  it('drops blank lines that end nothing', () => {
    const scanner = new SseScanner();
    const chunks = ['\n\r', '\n\r\n', 'data: a\n\n\n', '\n', 'data: b\r\n\r\n\r\n'];
    expect(texts(chunks.flatMap((chunk) => scanner.push(Buffer.from(chunk))))).toEqual([
      'data: a\n\n',
      'data: b\r\n\r\n',
    ]);
  });

  it('gives what is left when the stream ends inside a frame', () => {
    const scanner = new SseScanner();
    scanner.push(Buffer.from('data: a\n\ndata: '));
    scanner.push(Buffer.from('[DONE]\n'));
    expect(scanner.end()!.toString()).toBe('data: [DONE]\n');
    expect(scanner.end()).toBeNull();
  });

  it('refuses a frame over the limit, in one chunk or in many', () => {
    const endless = new SseScanner(100);
    const feed = () => {
      for (let index = 0; index < 200; index += 1) endless.push(Buffer.from('x'));
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(() => new SseScanner(100).push(Buffer.from(`data: ${'x'.repeat(100)}\n\n`))).toThrow('too large');
    expect(new SseScanner(100).push(Buffer.from('data: xxxx\n\n'.repeat(50)))).toHaveLength(50);
  });
});
