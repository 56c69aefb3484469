import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import type { Problem, WholeReply } from '../protocol.js';

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const INVALID = 'invalid_request_error';
const INTERNAL = 'Internal server error';

/** Statuses and types as in Anthropic's guide to errors. */
const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: { status: 400, type: INVALID, message: 'The request is invalid.' },
  context_length_exceeded: { status: 400, type: INVALID, message: 'prompt is too long: 9001 tokens > 8192 maximum' },
  content_policy: { status: 400, type: INVALID, message: 'Output blocked by content filtering policy' },
  authentication: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  permission: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  },
  model_not_found: { status: 404, type: 'not_found_error', message: 'model not found' },
  unknown_url: { status: 404, type: 'not_found_error', message: 'Not Found' },
  method_not_allowed: { status: 405, type: INVALID, message: 'Method Not Allowed' },
  payload_too_large: { status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' },
  request_timeout: { status: 408, type: 'timeout_error', message: 'Request timed out' },
  rate_limit: {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit. Please try again later.",
  },
  insufficient_quota: { status: 402, type: 'billing_error', message: 'Your credit balance is too low.' },
  internal: { status: 500, type: 'api_error', message: INTERNAL },
  bad_gateway: { status: 502, type: 'api_error', message: INTERNAL },
  bad_gateway_html: { status: 502, type: 'api_error', message: INTERNAL },
  overloaded: { status: 503, type: 'api_error', message: 'Service unavailable' },
  gateway_timeout: { status: 504, type: 'timeout_error', message: 'Request timed out' },
  overloaded_529: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
};

/** The text of Anthropic's error object for a problem. */
export function errorJson(problem: Problem, id: string): string {
  const { type, message } = WORDINGS[problem.kind];
  const named = problem.kind === 'model_not_found' && problem.model !== '' ? `model: ${problem.model}` : message;
  return JSON.stringify({
    type: 'error',
    error: { type, message: problem.message ?? named },
    request_id: `req_${id}`,
  });
}

export function encodeProblem(problem: Problem, id: string): WholeReply {
  const { status } = WORDINGS[problem.kind];
  return problem.kind === 'bad_gateway_html'
    ? badGatewayPage()
    : { kind: 'whole', status, contentType: 'application/json', body: errorJson(problem, id) };
}
