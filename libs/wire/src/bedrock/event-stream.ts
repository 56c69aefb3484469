import { crc32 } from 'node:zlib';
import { AppError } from '@ao/kernel';
import { checkFrameBytes, HeldBytes } from '../held-bytes.js';
import type { FrameScanner } from '../protocol.js';
import { FRAME_BYTES_MAX } from '../sse-scanner.js';

/** Length of the whole, length of the headers, checksum of both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const STRING = 7;
/** Bytes of a header's value by its type; strings (7) and byte arrays (6) tell their length. */
const VALUE_BYTES: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16];

/** Cuts `application/vnd.amazon.eventstream` into its messages, each checked against both of its checksums. */
export class EventStreamScanner implements FrameScanner {
  private readonly held: HeldBytes;
  /** Of the message under way, once its prelude is there. */
  private messageBytes: number | null = null;

  constructor(private readonly messageBytesMax = FRAME_BYTES_MAX) {
    this.held = new HeldBytes(messageBytesMax);
  }

  push(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    for (let at = 0; at < chunk.length;) {
      const missing = (this.messageBytes ?? PRELUDE_BYTES) - this.held.length;
      const part = chunk.subarray(at, at + missing);
      at += part.length;
      if (part.length < missing) {
        this.held.add(part);
        break;
      }
      const bytes = this.held.takeWith(part);
      if (this.messageBytes === null) {
        this.messageBytes = this.readPrelude(bytes);
        this.held.add(bytes);
      } else {
        this.messageBytes = null;
        messages.push(checked(bytes));
      }
    }
    return messages;
  }

  end(): Buffer | null {
    const rest = this.held.takeWith(Buffer.alloc(0));
    this.messageBytes = null;
    return rest.length > 0 ? rest : null;
  }

  private readPrelude(prelude: Buffer): number {
    if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) throw broken('prelude checksum');
    const messageBytes = prelude.readUInt32BE(0);
    checkFrameBytes(messageBytes, this.messageBytesMax);
    if (messageBytes < PRELUDE_BYTES + prelude.readUInt32BE(4) + CHECKSUM_BYTES) throw broken('lengths');
    return messageBytes;
  }
}

/** A message's headers, as far as they are strings, and what it carries. @throws TypeError when it is cut short. */
export function readMessage(message: Buffer): { headers: ReadonlyMap<string, string>; payload: Buffer } {
  if (message.length < PRELUDE_BYTES + CHECKSUM_BYTES) throw new TypeError('a message that is cut short');
  const headersEnd = PRELUDE_BYTES + message.readUInt32BE(4);
  if (message.readUInt32BE(0) !== message.length || headersEnd > message.length - CHECKSUM_BYTES) {
    throw new TypeError('a message that is cut short');
  }
  return {
    headers: readHeaders(message.subarray(PRELUDE_BYTES, headersEnd)),
    payload: message.subarray(headersEnd, message.length - CHECKSUM_BYTES),
  };
}

/** A message that ends a stream with an error. */
export function encodeException(type: string, message: string): Buffer {
  const headers = Buffer.concat(
    Object.entries({
      ':message-type': 'exception',
      ':exception-type': type,
      ':content-type': 'application/json',
    }).map(([name, value]) => encodeHeader(name, value)),
  );
  const payload = Buffer.from(JSON.stringify({ message }));
  const whole = Buffer.alloc(PRELUDE_BYTES + headers.length + payload.length + CHECKSUM_BYTES);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(headers.length, 4);
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
  headers.copy(whole, PRELUDE_BYTES);
  payload.copy(whole, PRELUDE_BYTES + headers.length);
  const checksumAt = whole.length - CHECKSUM_BYTES;
  whole.writeUInt32BE(crc32(whole.subarray(0, checksumAt)), checksumAt);
  return whole;
}

function encodeHeader(name: string, value: string): Buffer {
  const start = Buffer.from([name.length, ...Buffer.from(name), STRING, value.length >> 8, value.length & 0xff]);
  return Buffer.concat([start, Buffer.from(value)]);
}

function readHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const name = bytes.toString('utf8', at + 1, nameEnd);
    const type = bytes.readUInt8(nameEnd);
    const fixed = VALUE_BYTES[type];
    if (fixed === undefined) throw new TypeError('a header of an unknown type');
    const start = nameEnd + 1 + (fixed === null ? 2 : 0);
    const end = start + (fixed ?? bytes.readUInt16BE(nameEnd + 1));
    if (end > bytes.length) throw new TypeError('a header that is cut short');
    if (type === STRING) headers.set(name, bytes.toString('utf8', start, end));
    at = end;
  }
  return headers;
}

function checked(message: Buffer): Buffer {
  const checksumAt = message.length - CHECKSUM_BYTES;
  if (crc32(message.subarray(0, checksumAt)) !== message.readUInt32BE(checksumAt)) throw broken('message checksum');
  return message;
}

function broken(what: string): AppError {
  return new AppError('upstream_error', 'The provider sent a stream event that is broken. Try again.', {
    internal: `event stream: wrong ${what}`,
  });
}
