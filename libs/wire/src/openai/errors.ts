import type { ErrorBody } from '@ao/kernel';
import { isObject } from '../json-object.js';

/**
 * Why a provider refused, as far as routing must tell it apart: `context_length` and `content_policy` have fallbacks of
 * their own, `rate_limit` and `server` may be tried elsewhere, `credentials` is the operator's to repair.
 */
export type UpstreamErrorKind =
  | 'context_length'
  | 'content_policy'
  | 'rate_limit'
  | 'quota'
  | 'credentials'
  | 'model_not_found'
  | 'invalid_request'
  | 'server';

/** A provider's error answer, mapped for a caller of routed traffic. */
export interface UpstreamError {
  readonly kind: UpstreamErrorKind;
  /** What to answer: a 4xx as it came, everything else 502. */
  readonly status: number;
  readonly body: ErrorBody;
  /** Whether another deployment, or a later try, may succeed with the same request. */
  readonly retryable: boolean;
}

interface Told {
  readonly message: string | null;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | null;
  /** Further codes, from Azure's `innererror`. */
  readonly innerCode: string | null;
}

const MESSAGE_CHARACTERS_MAX = 2_000;

const CONTEXT_LENGTH_CODES = new Set(['context_length_exceeded', 'string_above_max_length', 'prompt_too_long']);
const CONTEXT_LENGTH_TEXT =
  /maximum context length|context[ _](?:length|window)|prompt is too long|too many (?:input )?tokens|reduce the length of (?:the|your) (?:messages|prompt|input)/i;
const CONTENT_POLICY_CODES = new Set([
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'ResponsibleAIPolicyViolation',
]);
const CONTENT_POLICY_TEXT = /content management policy|content policy|usage polic(?:y|ies)|safety system/i;

const RETRYABLE: ReadonlySet<UpstreamErrorKind> = new Set(['rate_limit', 'quota', 'credentials', 'server']);

/** Whether a body is an error in OpenAI's form: `{"error":{"message":"…"}}`. */
export function isOpenAiErrorBody(body: Buffer): boolean {
  const error = (parse(body) as { error?: { message?: unknown } } | null)?.error;
  return typeof error === 'object' && error !== null && typeof error.message === 'string';
}

/**
 * Maps an error answer (status ≥ 400) of an OpenAI-compatible provider to the OpenAI schema, keeping a 4xx status. Also
 * understands what such providers send instead: vLLM's flat object, FastAPI's `detail`, Ollama's bare text, a proxy's
 * HTML page. The provider's words are kept only for errors that the caller can act on: a 401 or 403 concerns the
 * gateway's own key, a 5xx may name the provider's machines.
 */
export function mapUpstreamError(status: number, body: Buffer): UpstreamError {
  const told = readError(body);
  const kind = kindOf(status, told);
  return {
    kind,
    status: status >= 400 && status < 500 ? status : 502,
    body: { error: errorFor(kind, told) },
    retryable: RETRYABLE.has(kind) || status === 408 || status === 409 || status === 425,
  };
}

function kindOf(status: number, told: Told): UpstreamErrorKind {
  if (status < 400 || status >= 500) return 'server';
  if (told.type === 'insufficient_quota' || told.code === 'insufficient_quota') return 'quota';
  if (status === 429) return 'rate_limit';
  const codes = [told.code, told.innerCode, told.type].filter((code) => code !== null);
  const message = told.message ?? '';
  if (codes.some((code) => CONTENT_POLICY_CODES.has(code)) || CONTENT_POLICY_TEXT.test(message))
    return 'content_policy';
  if (codes.some((code) => CONTEXT_LENGTH_CODES.has(code)) || CONTEXT_LENGTH_TEXT.test(message))
    return 'context_length';
  if (status === 401 || status === 403) return 'credentials';
  return status === 404 || told.code === 'model_not_found' ? 'model_not_found' : 'invalid_request';
}

function errorFor(kind: UpstreamErrorKind, told: Told): ErrorBody['error'] {
  const { param } = told;
  const said = told.message?.slice(0, MESSAGE_CHARACTERS_MAX);
  const error = (type: string, code: string, message: string) => ({ message, type, param, code });
  switch (kind) {
    case 'context_length':
      return error(
        'invalid_request_error',
        'context_length_exceeded',
        said ?? 'Shorten the messages: the model cannot take this many tokens.',
      );
    case 'content_policy':
      return error(
        'invalid_request_error',
        'content_policy_violation',
        said ?? "Change the messages: the provider's content policy refuses them.",
      );
    case 'rate_limit':
      return error(
        'rate_limit_error',
        'rate_limit_exceeded',
        said ?? 'The provider limits the rate of requests. Try again later.',
      );
    case 'quota':
      return error(
        'insufficient_quota',
        'insufficient_quota',
        "The gateway's quota at the provider is used up. Ask an administrator to raise it.",
      );
    case 'credentials':
      return error(
        'authentication_error',
        'backend_auth_failed',
        "The provider refused the gateway's key. Ask an administrator to check the provider's settings.",
      );
    case 'model_not_found':
      return error(
        'invalid_request_error',
        told.code ?? 'model_not_found',
        said ?? 'The provider does not know this model or path. Choose another model.',
      );
    case 'invalid_request':
      return error(
        'invalid_request_error',
        told.code ?? 'invalid_parameter',
        said ?? 'The provider refused the request as invalid. Check its parameters.',
      );
    case 'server':
      return error('server_error', 'upstream_error', 'The provider failed to answer. Try again.');
  }
}

function readError(body: Buffer): Told {
  const root = parse(body);
  const error = isObject(root) ? (root['error'] ?? root) : root;
  if (typeof error === 'string') return { message: error, type: null, param: null, code: null, innerCode: null };
  if (!isObject(error)) return { message: null, type: null, param: null, code: null, innerCode: null };
  const inner = isObject(error['innererror']) ? error['innererror'] : {};
  return {
    message: textOf(error['message']) ?? textOf(error['detail']),
    type: textOf(error['type']),
    param: textOf(error['param']),
    code: textOf(error['code']),
    innerCode: textOf(inner['code']),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
