import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import type { Problem, WholeReply } from '../protocol.js';

interface Wording {
  readonly status: number;
  readonly message: (model: string) => string;
  readonly type: string;
  readonly param?: string;
  readonly code?: string;
}

const INVALID = 'invalid_request_error';
const SERVER = 'server_error';
const SERVER_MESSAGE = 'The server had an error while processing your request. Sorry about that!';

/** Statuses, types and codes as in OpenAI's error code guide and its recorded answers. */
const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: { status: 400, type: INVALID, message: () => 'The request is invalid.' },
  context_length_exceeded: {
    status: 400,
    type: INVALID,
    param: 'messages',
    code: 'context_length_exceeded',
    message: () =>
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. " +
      'Please reduce the length of the messages.',
  },
  content_policy: {
    status: 400,
    type: INVALID,
    code: 'content_policy_violation',
    message: () => 'Your request was rejected as a result of our safety system.',
  },
  authentication: { status: 401, type: INVALID, code: 'invalid_api_key', message: () => 'Incorrect API key provided.' },
  permission: {
    status: 403,
    type: INVALID,
    code: 'model_not_allowed',
    message: (model) => `Project does not have access to model \`${model}\`.`,
  },
  model_not_found: {
    status: 404,
    type: INVALID,
    code: 'model_not_found',
    message: (model) => `The model \`${model}\` does not exist or you do not have access to it.`,
  },
  unknown_url: { status: 404, type: INVALID, code: 'unknown_url', message: () => 'Unknown request URL.' },
  method_not_allowed: {
    status: 405,
    type: INVALID,
    code: 'method_not_supported',
    message: () => 'This URL does not support the method of the request.',
  },
  payload_too_large: { status: 413, type: INVALID, message: () => 'The request body is too large.' },
  request_timeout: { status: 408, type: INVALID, code: 'request_timeout', message: () => 'Request timed out.' },
  rate_limit: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: (model) => `Rate limit reached for ${model} on requests per min (RPM). Please try again later.`,
  },
  insufficient_quota: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: () => 'You exceeded your current quota, please check your plan and billing details.',
  },
  internal: { status: 500, type: SERVER, message: () => SERVER_MESSAGE },
  bad_gateway: { status: 502, type: SERVER, message: () => 'Bad gateway.' },
  bad_gateway_html: { status: 502, type: SERVER, message: () => 'Bad gateway.' },
  overloaded: {
    status: 503,
    type: SERVER,
    message: () => 'The engine is currently overloaded, please try again later.',
  },
  gateway_timeout: { status: 504, type: SERVER, message: () => 'Gateway timeout.' },
  overloaded_529: { status: 529, type: SERVER, message: () => 'The service is overloaded, please try again later.' },
};

interface ErrorFields {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** OpenAI's error object for a problem. */
export function errorOf(problem: Problem): ErrorFields {
  const wording = WORDINGS[problem.kind];
  return {
    message: problem.message ?? wording.message(problem.model),
    type: wording.type,
    param: problem.param ?? wording.param ?? null,
    code: problem.code === undefined ? (wording.code ?? null) : problem.code,
  };
}

/** The body of OpenAI's answer to a problem. */
export function errorJson(problem: Problem): string {
  return JSON.stringify({ error: errorOf(problem) });
}

export function encodeProblem(problem: Problem): WholeReply {
  const { status } = WORDINGS[problem.kind];
  return problem.kind === 'bad_gateway_html'
    ? badGatewayPage()
    : { kind: 'whole', status, contentType: 'application/json', body: errorJson(problem) };
}
