import { crc32 } from 'node:zlib';

/** Total length, length of the headers, and the checksum of the two. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const STRING_TYPE = 7;

function encodeHeader(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(1 + name.length + 3 + value.length);
  let at = bytes.writeUInt8(name.length, 0);
  at += bytes.write(name, at, 'ascii');
  at = bytes.writeUInt8(STRING_TYPE, at);
  at = bytes.writeUInt16BE(value.length, at);
  bytes.write(value, at, 'ascii');
  return bytes;
}

/** One message of `application/vnd.amazon.eventstream`: prelude, headers (ASCII), payload, each part under a checksum. */
function encodeMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(payload);
  const message = Buffer.alloc(PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, PRELUDE_BYTES);
  body.copy(message, PRELUDE_BYTES + head.length);
  message.writeUInt32BE(crc32(message.subarray(0, -CHECKSUM_BYTES)), message.length - CHECKSUM_BYTES);
  return message;
}

export function eventFrame(type: string, payload: string): Buffer {
  return encodeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);
}

export function exceptionFrame(type: string, payload: string): Buffer {
  return encodeMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    payload,
  );
}

/** A frame whose checksum is not that of its bytes. */
export function brokenFrame(type: string, payload: string): Buffer {
  const frame = eventFrame(type, payload);
  frame.writeUInt8(frame.readUInt8(frame.length - 1) ^ 1, frame.length - 1);
  return frame;
}
