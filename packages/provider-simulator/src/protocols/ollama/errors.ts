import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import { refuse, type EncodeProblem, type Problem, type RefusedCall } from '../protocol.js';

type Wording = readonly [status: number, message: (model: string) => string];

const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: [400, () => 'invalid request'],
  context_length_exceeded: [400, () => 'the input length exceeds the context length'],
  content_policy: [400, () => 'the request was refused by a content policy'],
  authentication: [401, () => 'unauthorized'],
  permission: [403, () => 'forbidden'],
  model_not_found: [404, (model) => `model '${model}' not found`],
  unknown_url: [404, () => 'not found'],
  method_not_allowed: [405, () => 'method not allowed'],
  payload_too_large: [413, () => 'the request body is too large'],
  request_timeout: [408, () => 'the request timed out'],
  rate_limit: [429, () => 'too many requests'],
  insufficient_quota: [429, () => 'you have reached your usage limit'],
  internal: [500, () => 'model runner has unexpectedly stopped'],
  bad_gateway: [502, () => 'bad gateway'],
  bad_gateway_html: [502, () => 'bad gateway'],
  overloaded: [503, () => 'server busy, please try again. maximum pending requests exceeded'],
  overloaded_529: [529, () => 'the service is overloaded'],
  gateway_timeout: [504, () => 'gateway timeout'],
};

/** The text of Ollama's error object for a problem. */
export function errorJson(problem: Problem): string {
  return JSON.stringify({ error: problem.message ?? WORDINGS[problem.kind][1](problem.model) });
}

/** Gives the body and status of a problem. */
export const encodeProblem: EncodeProblem = (problem) => {
  const [status] = WORDINGS[problem.kind];
  return problem.kind === 'bad_gateway_html'
    ? badGatewayPage()
    : { kind: 'whole', status, contentType: 'application/json; charset=utf-8', body: errorJson(problem) };
};

/** A bad request with its reason. */
export function invalid(message: string): RefusedCall {
  return refuse({ kind: 'invalid_request', model: '', message });
}
