import { AppError, toAppError, type Logger } from '@ao/kernel';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { protocolOf } from './call-routes.js';
import { setBaseHeaders } from './response-headers.js';

/** How long a body that was refused for its size may go on arriving. */
const HEAR_OUT_MS = 5_000;

/** Any error as an answer of the one schema (GW-018), or in the shape of the protocol that the route's clients speak. Faults are logged with what only the log may know. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const known = toKnownError(error);
  const fields = { requestId: request.id, callId: request.callId, code: known.code, internal: known.internal };
  // A refusal with a name of its own is no fault of ours; its line needs no stack.
  if (known.code === 'internal_error') logger.error({ ...fields, err: known.cause ?? known }, 'request failed');
  else if (known.status >= 500) logger.warn(fields, 'request refused');
  setBaseHeaders(request, reply);
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
  if (known.code === 'payload_too_large') hearOut(request, reply);
  const body = protocolOf(request).encodeError(known.status, known.toBody());
  return reply.status(known.status).type('application/json; charset=utf-8').send(body);
}

/** Reads what a caller is still sending and drops it, a while long: a connection closed with unread bytes is reset, and the caller would see a broken pipe in place of the answer. */
function hearOut(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (raw.complete) return;
  reply.removeHeader('connection');
  const { socket } = raw;
  const timer = setTimeout(() => socket.destroy(), HEAR_OUT_MS);
  const done = (): void => clearTimeout(timer);
  raw.once('end', done);
  socket.once('close', done);
  raw.resume();
}

/** Fastify's own refusals in our words. */
function toKnownError(error: unknown): AppError {
  switch ((error as Partial<FastifyError> | null)?.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError(
        'payload_too_large',
        'The request body is larger than this server accepts. Send less, or raise BODY_LIMIT_BYTES (for forms, FORM_LIMIT_BYTES).',
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError(
        'unsupported_media_type',
        'Send the body as JSON, with the header "Content-Type: application/json".',
      );
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('invalid_header_value', 'Content-Length does not match the body.', {
        param: 'content-length',
      });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AppError('invalid_json', 'The request body is empty; send a JSON object.');
    case 'ECONNRESET':
      return new AppError('invalid_json', 'The connection closed before the whole request had arrived.');
    default:
      return toAppError(error);
  }
}
