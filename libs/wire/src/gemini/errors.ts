import { ERROR_CODES, type ErrorBody } from '@ao/kernel';
import { fieldsOf, isObject, objectsOf, textOrNull } from '../json-object.js';
import { mapUpstreamError, type UpstreamError } from '../openai/errors.js';

type Json = Readonly<Record<string, unknown>>;

/** Google's words (`google.rpc.Code`). What has none of its own: no money is a precondition, not a rate. */
const STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  504: 'DEADLINE_EXCEEDED',
};
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const DOMAIN = 'ai-orchestrator';

const TOO_LONG_TEXT = /token count .*exceeds the maximum|exceeds the maximum number of tokens/i;
const BLOCKED_TEXT = /usage guidelines|responsible ai|blocked (?:by|due to|because of) .*(?:safety|polic)/i;
const KEY_TEXT = /api key (?:not valid|expired|not found|was reported)/i;
const KEY_REASONS = new Set(['API_KEY_INVALID', 'API_KEY_EXPIRED', 'API_KEY_SERVICE_BLOCKED']);

/** Our error as Google's clients know errors; our code stands in its details. */
export const encodeError = (status: number, { error }: ErrorBody): string => JSON.stringify(errorBody(status, error));

/** The same within a stream. As data: bare, Google's libraries see it only where no chunk comes with it in one read. */
export function streamError({ error }: ErrorBody): string {
  const [status] = Object.entries(ERROR_CODES).find(([code]) => code === error.code)?.[1] ?? [500];
  return `data: ${JSON.stringify(errorBody(status, error))}\n\n`;
}

function errorBody(status: number, error: ErrorBody['error']): object {
  const { message, ...facts } = error;
  const told = Object.entries(facts).filter(([, value]) => typeof value === 'string');
  const info = {
    '@type': ERROR_INFO,
    reason: error.code.toUpperCase(),
    domain: DOMAIN,
    metadata: Object.fromEntries(told),
  };
  const word = STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE');
  return { error: { code: status, message, status: word, details: [info] } };
}

/** The error in a body of Google's, which Vertex AI sometimes puts into a list; null when it is none. */
export function errorOf(json: unknown): Json | null {
  const { error } = fieldsOf(Array.isArray(json) ? json[0] : json);
  return isObject(error) ? error : null;
}

/** An error answer of Google's, as the platform tells it. */
export function mapError(status: number, body: Buffer): UpstreamError {
  const error = errorOf(parse(body));
  if (error === null) return mapUpstreamError(status, body);
  const told = { message: textOrNull(error['message']), param: paramOf(error), code: codeOf(error) };
  return mapUpstreamError(statusOf(status, error), Buffer.from(JSON.stringify({ error: told })));
}

/** Google answers 400 to a key that is wrong, or where it may not be used: neither is the caller's to repair. */
function statusOf(status: number, error: Json): number {
  if (status !== 400) return status;
  const reasons = objectsOf(error['details']).map((detail) => String(detail['reason']));
  const isKey = KEY_TEXT.test(String(error['message'])) || reasons.some((reason) => KEY_REASONS.has(reason));
  if (isKey) return 401;
  return error['status'] === 'FAILED_PRECONDITION' ? 403 : status;
}

function codeOf(error: Json): string | null {
  const message = String(error['message']);
  if (TOO_LONG_TEXT.test(message)) return 'context_length_exceeded';
  return BLOCKED_TEXT.test(message) ? 'content_filter' : null;
}

function paramOf(error: Json): string | null {
  const violations = objectsOf(error['details']).flatMap((detail) => objectsOf(detail['fieldViolations']));
  return textOrNull(violations[0]?.['field']);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
