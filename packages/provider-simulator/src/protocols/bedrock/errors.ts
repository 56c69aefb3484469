import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import type { Problem, WholeReply } from '../protocol.js';
import { exceptionFrame } from './event-stream.js';

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const INVALID = 'ValidationException';
const INTERNAL = 'InternalServerException';
const UNAVAILABLE = 'ServiceUnavailableException';
const INTERNAL_MESSAGE = 'The system encountered an unexpected error during processing. Try your request again.';
const UNAVAILABLE_MESSAGE = 'Bedrock is unable to process your request.';

/** Statuses and types as in the reference of Bedrock's runtime. */
const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: { status: 400, type: INVALID, message: 'The request is invalid.' },
  context_length_exceeded: { status: 400, type: INVALID, message: 'Input is too long for requested model.' },
  content_policy: { status: 400, type: INVALID, message: 'The request was blocked by content filters.' },
  authentication: {
    status: 401,
    type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  },
  permission: {
    status: 403,
    type: 'AccessDeniedException',
    message: "You don't have access to the model with the specified model ID.",
  },
  model_not_found: { status: 404, type: 'ResourceNotFoundException', message: 'The model could not be found.' },
  unknown_url: { status: 404, type: 'UnknownOperationException', message: 'Unknown operation.' },
  method_not_allowed: { status: 405, type: 'UnknownOperationException', message: 'Unknown operation.' },
  payload_too_large: { status: 413, type: INVALID, message: 'The request is too large.' },
  request_timeout: {
    status: 408,
    type: 'ModelTimeoutException',
    message: 'Model has timed out. Try your request again.',
  },
  rate_limit: {
    status: 429,
    type: 'ThrottlingException',
    message: 'Too many requests, please wait before trying again.',
  },
  insufficient_quota: {
    status: 400,
    type: 'ServiceQuotaExceededException',
    message: 'Your request exceeds the service quota for your account.',
  },
  internal: { status: 500, type: INTERNAL, message: INTERNAL_MESSAGE },
  bad_gateway: { status: 502, type: INTERNAL, message: INTERNAL_MESSAGE },
  bad_gateway_html: { status: 502, type: INTERNAL, message: INTERNAL_MESSAGE },
  overloaded: { status: 503, type: UNAVAILABLE, message: UNAVAILABLE_MESSAGE },
  gateway_timeout: { status: 504, type: UNAVAILABLE, message: UNAVAILABLE_MESSAGE },
  overloaded_529: { status: 529, type: UNAVAILABLE, message: UNAVAILABLE_MESSAGE },
};

/** The exceptions that a stream can carry; every other is an error of the model's stream. */
const STREAM_EXCEPTIONS: Readonly<Record<string, string>> = {
  [INVALID]: 'validationException',
  [INTERNAL]: 'internalServerException',
  [UNAVAILABLE]: 'serviceUnavailableException',
  ThrottlingException: 'throttlingException',
};

export function encodeProblem(problem: Problem): WholeReply {
  if (problem.kind === 'bad_gateway_html') return badGatewayPage();
  const { status, type, message } = WORDINGS[problem.kind];
  const named = problem.code?.endsWith('Exception') ? problem.code : type;
  return {
    kind: 'whole',
    status,
    contentType: 'application/json',
    headers: ['x-amzn-errortype', named],
    body: JSON.stringify({ message: problem.message ?? message }),
  };
}

/** The same in the middle of a stream. */
export function exceptionOf(kind: ProblemKind): Buffer {
  const { type, message } = WORDINGS[kind];
  return exceptionFrame(STREAM_EXCEPTIONS[type] ?? 'modelStreamErrorException', JSON.stringify({ message }));
}
