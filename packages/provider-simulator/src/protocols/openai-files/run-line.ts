import { layerBehaviour, type Behaviour } from '../../behaviour/behaviour.js';
import { problemOf } from '../../behaviour/faults.js';
import { parseDirectives } from '../../behaviour/parse-directives.js';
import { splitModel } from '../../behaviour/split-model.js';
import { encodeProblem } from '../openai/errors.js';
import { route as routeChat } from '../openai/routes.js';
import { isFields, type Fields } from '../fields.js';
import { route as routeMedia } from '../openai-media/routes.js';
import { route as routeResponses } from '../openai-responses/routes.js';
import type { AnswerContext, Call, Operation, WholeReply } from '../protocol.js';

/** One request of a batch with its answer. */
export interface LineResult {
  readonly customId: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: Fields;
}

/** What a batch can be made of, as OpenAI lists it. */
export const BATCH_ENDPOINTS = [
  '/v1/responses',
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/completions',
  '/v1/moderations',
  '/v1/images/generations',
];

function operationOf(endpoint: string, call: Call): Operation | undefined {
  for (const route of [routeChat, routeResponses, routeMedia]) {
    const operation = route('POST', endpoint, call.headers);
    if (typeof operation === 'function') return operation;
  }
  return undefined;
}

/** Answers one line as its endpoint would, directives of its model included; only status faults have a meaning here. */
export function runLine(line: Fields, index: number, endpoint: string, call: Call, context: AnswerContext): LineResult {
  const id = `${context.id}${index}`;
  const reply = answerLine(line, endpoint, call, { ...context, id });
  const body: unknown = JSON.parse(String(reply.body));
  return {
    customId: String(line['custom_id']),
    requestId: `req_${id}`,
    status: reply.status,
    body: isFields(body) ? body : {},
  };
}

function answerLine(line: Fields, endpoint: string, call: Call, context: AnswerContext): WholeReply {
  const body = isFields(line['body']) ? { ...line['body'], stream: false } : line['body'];
  const operation = operationOf(endpoint, call);
  const decoded = operation?.({ ...call, method: 'POST', path: endpoint, query: '', body });
  if (decoded?.kind !== 'decoded') {
    return encodeProblem(decoded?.problem ?? { kind: 'unknown_url', model: '' });
  }
  const { model, directives } = splitModel(decoded.model);
  const behaviour = lineBehaviour(context.behaviour, directives);
  if (typeof behaviour === 'string') return encodeProblem({ kind: 'invalid_request', model, message: behaviour });
  const problem = behaviour.fault === undefined ? undefined : problemOf(behaviour.fault);
  if (problem !== undefined && problem !== 'bad_gateway_html') return encodeProblem({ kind: problem, model });
  const reply = decoded.answer({ ...context, model, behaviour });
  return reply.kind === 'whole' ? reply : encodeProblem({ kind: 'internal', model });
}

/** The behaviour of the batch with the directives of the line's model over it; the fault of the batch was its own. */
function lineBehaviour(base: Readonly<Behaviour>, directives: string | undefined): Readonly<Behaviour> | string {
  const own = { ...base, fault: undefined };
  if (directives === undefined) return own;
  const parsed = parseDirectives(directives);
  return parsed.kind === 'parsed'
    ? layerBehaviour(own, parsed.behaviour)
    : `Correct the simulator's directives: ${parsed.problems.join('; ')}.`;
}
