import type { ProblemKind } from '../../behaviour/faults.js';
import { badGatewayPage } from '../bad-gateway-page.js';
import type { EncodeProblem, Problem } from '../protocol.js';

type Wording = readonly [status: number, message: (model: string) => string];

/** Statuses as in Cohere's list of errors. */
const WORDINGS: Readonly<Record<ProblemKind, Wording>> = {
  invalid_request: [400, () => 'invalid request: check the body.'],
  context_length_exceeded: [
    400,
    () => 'too many tokens: the prompt and the output must fit into the context of 8192 tokens.',
  ],
  content_policy: [400, () => 'invalid request: the input was blocked as it goes against the usage guidelines.'],
  authentication: [401, () => 'invalid api token'],
  permission: [403, () => 'this api key may not use this endpoint'],
  model_not_found: [404, (model) => `model '${model}' not found, make sure the correct model ID was used.`],
  unknown_url: [404, () => 'not found'],
  method_not_allowed: [405, () => 'method not allowed'],
  payload_too_large: [413, () => 'the request body is too large'],
  request_timeout: [408, () => 'the request timed out'],
  rate_limit: [429, () => 'too many requests: you are past the rate limit of your key, try again later.'],
  insufficient_quota: [402, () => 'the spending limit is reached: see the billing page of your dashboard.'],
  internal: [500, () => 'internal server error'],
  bad_gateway: [502, () => 'bad gateway'],
  bad_gateway_html: [502, () => 'bad gateway'],
  overloaded: [503, () => 'service unavailable'],
  overloaded_529: [529, () => 'the service is overloaded'],
  gateway_timeout: [504, () => 'gateway timeout'],
};

/** What is wrong, in Cohere's words. */
export function messageOf(problem: Problem): string {
  return problem.message ?? WORDINGS[problem.kind][1](problem.model);
}

/** Gives the body and status of a problem. */
export const encodeProblem: EncodeProblem = (problem, id) => {
  const [status] = WORDINGS[problem.kind];
  if (problem.kind === 'bad_gateway_html') return badGatewayPage();
  const body = JSON.stringify({ id, message: messageOf(problem) });
  return { kind: 'whole', status, contentType: 'application/json', body };
};
