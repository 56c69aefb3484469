import { AppError, ERROR_CODES, toAppError, type AppErrorOptions, type ErrorCode } from '@ao/kernel';
import { z } from 'zod';

/** Turns values into the JSON of the wire and back, by contract; both transports use nothing else. */

/**
 * @throws AppError `invalid_parameter` naming every field at fault.
 */
export function encodeMessage<Schema extends z.ZodType>(
  schema: Schema,
  value: z.output<Schema>,
  subject: string,
): string {
  const result = z.safeEncode(schema, value);
  if (!result.success) throw contractError(subject, result.error);
  return JSON.stringify(result.data);
}

/**
 * @throws AppError `invalid_parameter` naming every field at fault.
 */
export function decodeMessage<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  subject: string,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_parameter', 'A message was not valid JSON.', { internal: subject, cause });
  }
  return decodeValue(schema, json, subject);
}

/**
 * The second half of `decodeMessage`, for a value that is out of its JSON text already.
 * @throws AppError `invalid_parameter` naming every field at fault.
 */
export function decodeValue<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  subject: string,
): z.output<Schema> {
  const result = z.safeDecode(schema, json as z.input<Schema>);
  if (!result.success) throw contractError(subject, result.error);
  return result.data;
}

function contractError(subject: string, error: z.ZodError): AppError {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || '(message)'}: ${issue.message}`);
  return new AppError('invalid_parameter', issues.slice(0, 10).join('; '), {
    param: error.issues[0]?.path.join('.') || undefined,
    internal: `${subject} broke its contract`,
  });
}

/** The answer to a request: the result, or the refusal. */
type Reply = { ok: true; replayed?: true; result: unknown } | { ok: false; error: ErrorReply };

interface ErrorReply {
  code: string;
  message: string;
  param?: string | null;
  retryAfterSeconds?: number;
  details?: Record<string, string>;
}

export function encodeReply(result: string, { replayed = false } = {}): string {
  return `{"ok":true,${replayed ? '"replayed":true,' : ''}"result":${result}}`;
}

export function encodeErrorReply(error: unknown): string {
  const { code, message, param, retryAfterSeconds, details } = toAppError(error);
  const reply: ErrorReply = { code, message, param, retryAfterSeconds, details };
  return JSON.stringify({ ok: false, error: reply });
}

/**
 * Unpacks a reply.
 * @param onReplay Called when it repeats an earlier one.
 * @throws AppError the one that the other side threw; `internal_error` for a reply that breaks the contract, which is
 * no fault of whoever asked.
 */
export function decodeReply<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  subject: string,
  onReplay?: () => void,
): z.output<Schema> {
  const reply = JSON.parse(text) as Reply;
  if (!reply.ok) throw rebuildError(reply.error, subject);
  if (reply.replayed) onReplay?.();
  const result = z.safeDecode(schema, reply.result as z.input<Schema>);
  if (!result.success) {
    throw toAppError(new Error(`the reply of ${subject} broke its contract`, { cause: result.error }));
  }
  return result.data;
}

function rebuildError(error: ErrorReply, subject: string): AppError {
  const code = error.code in ERROR_CODES ? (error.code as ErrorCode) : 'internal_error';
  const options: AppErrorOptions = { internal: `refused by ${subject}` };
  if (error.param) options.param = error.param;
  if (error.retryAfterSeconds !== undefined) options.retryAfterSeconds = error.retryAfterSeconds;
  if (error.details) options.details = error.details;
  return new AppError(code, error.message, options);
}

/** What a caller gets when the owner of a subject is away, or answers too late. */
export function unavailable(subject: string, owner: string, cause?: unknown): AppError {
  return new AppError('backend_unavailable', `The ${owner} service did not answer in time. Try again shortly.`, {
    internal: subject,
    cause,
    retryAfterSeconds: 1,
  });
}
