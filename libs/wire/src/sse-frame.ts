import { CARRIAGE_RETURN, COLON, LINE_FEED, SPACE } from './bytes.js';

const DATA = Buffer.from('data');
const LINE_FEED_BYTES = Buffer.from('\n');

/**
 * The data of one SSE frame, lines joined by LF as the specification says; null when it has none (a comment, a lone
 * `event:`). A view into the frame, except for the rare frame of several data lines.
 */
export function frameData(frame: Buffer): Buffer | null {
  let data: Buffer | null = null;
  let lineStart = 0;
  while (lineStart < frame.length) {
    const lineFeed = frame.indexOf(LINE_FEED, lineStart);
    const lineEnd = lineFeed === -1 ? frame.length : lineFeed;
    const value = dataValue(frame, lineStart, lineEnd);
    if (value !== null) data = data === null ? value : Buffer.concat([data, LINE_FEED_BYTES, value]);
    lineStart = lineEnd + 1;
  }
  return data;
}

function dataValue(frame: Buffer, start: number, lineEnd: number): Buffer | null {
  for (let index = 0; index < DATA.length; index += 1) {
    if (frame[start + index] !== DATA[index]) return null;
  }
  const end = frame[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
  let at = start + DATA.length;
  if (at === end) return frame.subarray(end, end);
  if (frame[at] !== COLON) return null;
  at += 1;
  if (at < end && frame[at] === SPACE) at += 1;
  return frame.subarray(at, end);
}
