import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import type { Problem, WholeReply } from '../protocol.js';

interface Wording {
  readonly code: number;
  readonly status: string;
  readonly message: string;
}

const INVALID = 'INVALID_ARGUMENT';
const INTERNAL = 'An internal error has occurred.';
const OVERLOADED = 'The model is overloaded. Please try again later.';

/** Codes and statuses as in Google's guide to errors. */
const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: { code: 400, status: INVALID, message: 'Request contains an invalid argument.' },
  context_length_exceeded: {
    code: 400,
    status: INVALID,
    message: 'The input token count (9001) exceeds the maximum number of tokens allowed (8192).',
  },
  content_policy: { code: 400, status: INVALID, message: 'The request was blocked for safety reasons.' },
  authentication: { code: 401, status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
  permission: { code: 403, status: 'PERMISSION_DENIED', message: 'The caller does not have permission.' },
  model_not_found: { code: 404, status: 'NOT_FOUND', message: 'The model is not found.' },
  unknown_url: { code: 404, status: 'NOT_FOUND', message: 'Requested entity was not found.' },
  method_not_allowed: { code: 405, status: 'UNIMPLEMENTED', message: 'The method is not supported.' },
  payload_too_large: { code: 413, status: INVALID, message: 'Request payload size exceeds the limit.' },
  request_timeout: { code: 408, status: 'DEADLINE_EXCEEDED', message: 'The request timed out.' },
  rate_limit: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
  insufficient_quota: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  internal: { code: 500, status: 'INTERNAL', message: INTERNAL },
  bad_gateway: { code: 502, status: 'UNAVAILABLE', message: INTERNAL },
  bad_gateway_html: { code: 502, status: 'UNAVAILABLE', message: INTERNAL },
  overloaded: { code: 503, status: 'UNAVAILABLE', message: OVERLOADED },
  gateway_timeout: { code: 504, status: 'DEADLINE_EXCEEDED', message: 'The deadline was exceeded.' },
  overloaded_529: { code: 529, status: 'UNAVAILABLE', message: OVERLOADED },
};

/** The text of Google's error object for a problem. */
export function errorJson(problem: Problem): string {
  const { code, status, message } = WORDINGS[problem.kind];
  const named = problem.kind === 'model_not_found' ? `models/${problem.model} is not found.` : message;
  return JSON.stringify({ error: { code, message: problem.message ?? named, status } });
}

export function encodeProblem(problem: Problem): WholeReply {
  if (problem.kind === 'bad_gateway_html') return badGatewayPage();
  const { code } = WORDINGS[problem.kind];
  return { kind: 'whole', status: code, contentType: 'application/json; charset=UTF-8', body: errorJson(problem) };
}
