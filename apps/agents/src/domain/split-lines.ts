const LINE_FEED = 0x0a;

/** A line that is longer than a line may be. */
export const TOO_LONG = Symbol('too long');

/**
 * The lines of a text that comes in chunks, each with its number, blank ones left out. No more than one line is held,
 * and of one that is too long nothing.
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<{ number: number; line: Buffer | typeof TOO_LONG }> {
  let number = 1;
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= lineBytesMax) parts.push(part);
    else parts = [];
  };
  const take = (): Buffer | typeof TOO_LONG => {
    const line = bytes > lineBytesMax ? TOO_LONG : Buffer.concat(parts);
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      const line = take();
      if (!isBlank(line)) yield { number, line };
      number += 1;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  const last = take();
  if (!isBlank(last)) yield { number, line: last };
}

const isBlank = (line: Buffer | typeof TOO_LONG): boolean =>
  line !== TOO_LONG && line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
