import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { AppError, type IdGenerator } from '@ao/kernel';

declare module 'fastify' {
  interface FastifyRequest {
    /** Ours, unique: what is billed. */
    callId: string;
    /** Masked key of the caller once known, for the log line. */
    keyMasked: string | null;
    startedAtMs: number;
    startedMonotonicMs: number;
  }
}

const CORRELATION_ID = /^[\w.:-]{1,128}$/;

/** The caller's own request id where it is fit for logs and headers, else a UUID (GW-013). */
export function correlationId(headers: IncomingHttpHeaders, ids: IdGenerator & { uuid(): string }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && CORRELATION_ID.test(given) ? given : ids.uuid();
}

/** One value of a header that may stand once. @throws AppError `invalid_header_value` when it is too long. */
export function header(request: FastifyRequest, name: string, lengthMax: number): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  if (text !== undefined && text.length > lengthMax) {
    throw new AppError('invalid_header_value', `The header ${name} must have at most ${lengthMax} characters.`, {
      param: name,
    });
  }
  return text;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The caller's `Idempotency-Key`. @throws AppError `invalid_header_value` unless it is 1 to 255 visible characters. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && IDEMPOTENCY_KEY.test(key))) return key;
  throw new AppError('invalid_header_value', 'An Idempotency-Key has 1 to 255 visible characters, without spaces.', {
    param: 'idempotency-key',
  });
}

/** A yes/no header. @throws AppError `invalid_header_value` for anything else. */
export function flagHeader(request: FastifyRequest, name: string): boolean {
  const value = header(request, name, 16)?.toLowerCase();
  if (value === undefined || ['false', '0', 'no'].includes(value)) return false;
  if (['true', '1', 'yes'].includes(value)) return true;
  throw new AppError('invalid_header_value', `The header ${name} must be true or false.`, { param: name });
}
