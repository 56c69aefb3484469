import type { ErrorBody } from '@ao/kernel';
import { mapUpstreamError, type UpstreamError } from '../openai/errors.js';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** Our error as Anthropic's clients know errors; our code stands beside their type. */
export function encodeError(status: number, { error }: ErrorBody): string {
  const type = TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  return JSON.stringify({ type: 'error', error: { ...error, type } });
}

/** The same within a stream, where no status goes before it. */
export function errorBody({ error }: ErrorBody): object {
  return { error: { ...error, type: error.type === 'insufficient_quota' ? 'billing_error' : 'api_error' } };
}

/** Anthropic's `{"type":"error","error":{type, message}}` is near enough to OpenAI's to be read by the same reader. */
export function mapError(status: number, body: Buffer): UpstreamError {
  return mapUpstreamError(status === 529 ? 503 : status, body);
}
