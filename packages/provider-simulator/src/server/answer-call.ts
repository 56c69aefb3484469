import type { Clock } from '@ao/kernel';
import type { AnswerIds } from '../answers/answer-ids.js';
import type { SeededRandom } from '../answers/seeded-random.js';
import { layerBehaviour, type Behaviour } from '../behaviour/behaviour.js';
import { problemOf, type FaultName } from '../behaviour/faults.js';
import { parseDirectives } from '../behaviour/parse-directives.js';
import type { Script } from '../behaviour/script.js';
import { splitModel } from '../behaviour/split-model.js';
import type { Memory } from '../memory/memory.js';
import type { Call, DecodedCall, Operation, Problem, Protocol } from '../protocols/protocol.js';
import { deliver, type DeliveryPlan } from './deliver.js';
import type { Exchange } from './exchange.js';

/** What every answer of one simulator shares. */
export interface AnswerState {
  defaults: Readonly<Behaviour>;
  readonly script: Script;
  random: SeededRandom;
  ids: AnswerIds;
  readonly clock: Clock;
  /** What the protocols keep between requests. */
  readonly memory: Memory;
}

const CONTROL_HEADER = 'x-simulate';

/** The model without its directives, and the behaviour that they and all others make. */
export interface Control {
  readonly model: string;
  readonly behaviour: Readonly<Behaviour>;
}

/** Decodes the call, decides its behaviour, and sends the answer, the complaint or the fault. */
export function answerCall(
  exchange: Exchange,
  call: Call,
  protocol: Protocol,
  operation: Operation,
  state: AnswerState,
): void {
  const decoded = operation(call);
  if (decoded.kind === 'refused') return sendProblem(exchange, protocol, decoded, state);
  const control = readControl(call, decoded, state);
  if (typeof control === 'string') {
    const problem = { kind: 'invalid_request', model: '', code: 'invalid_directive', message: control } as const;
    return sendProblem(exchange, protocol, { problem }, state);
  }
  if (exchange.record !== undefined) exchange.record.model = control.model;
  const { behaviour } = control;
  const fault = drawFault(behaviour, state.random);
  const latencyMs =
    behaviour.latencyMs + (behaviour.jitterMs > 0 ? behaviour.jitterMs * state.random.nextFraction() : 0);
  exchange.after(latencyMs, () => sendAnswer(exchange, protocol, decoded, control, fault, state));
}

/** Weakest to strongest: the server's defaults, the model name, the header, the script. The text is what to correct. */
export function readControl(
  call: Pick<Call, 'path' | 'headers'>,
  named: { readonly model: string },
  state: AnswerState,
): Control | string {
  const { model, directives } = splitModel(named.model);
  const header = call.headers[CONTROL_HEADER];
  const problems: string[] = [];
  const read = (source: string | string[] | undefined): Partial<Behaviour> | undefined => {
    if (source === undefined) return undefined;
    const parsed = parseDirectives(String(source));
    if (parsed.kind === 'parsed') return parsed.behaviour;
    problems.push(...parsed.problems);
    return undefined;
  };
  const layers = [read(directives), read(header)];
  if (problems.length > 0) return `Correct the simulator's directives: ${problems.join('; ')}.`;
  return { model, behaviour: layerBehaviour(state.defaults, ...layers, state.script.take(model, call.path)) };
}

/** The fault that strikes this time. */
export function drawFault(behaviour: Readonly<Behaviour>, random: SeededRandom): FaultName | undefined {
  if (behaviour.fault === undefined || behaviour.faultRate >= 1) return behaviour.fault;
  return random.nextFraction() < behaviour.faultRate ? behaviour.fault : undefined;
}

function sendAnswer(
  exchange: Exchange,
  protocol: Protocol,
  decoded: DecodedCall,
  { model, behaviour }: Control,
  fault: FaultName | undefined,
  state: AnswerState,
): void {
  if (fault === 'reset') return exchange.reset();
  if (fault === 'silence') return exchange.hold();
  const id = state.ids.next();
  const nowMs = state.clock.nowMs();
  const plan: DeliveryPlan = { behaviour, fault, headers: answerHeaders(protocol.headers(id, nowMs), behaviour) };
  const encodeProblem = decoded.encodeProblem ?? protocol.encodeProblem;
  const problem = fault === undefined ? undefined : problemOf(fault);
  if (problem !== undefined)
    return deliver(exchange, encodeProblem({ kind: problem, model }, id), withRetryAfter(plan));
  const reply = decoded.answer({ model, behaviour, id, nowMs });
  // Without a stream there is no place for an error but the status.
  const failed = fault === 'stream_error' && reply.kind === 'whole';
  deliver(exchange, failed ? encodeProblem({ kind: 'internal', model }, id) : reply, plan);
}

/** The protocol's headers and those of the behaviour, which win. */
function answerHeaders(usual: readonly string[], behaviour: Readonly<Behaviour>): string[] {
  const headers: string[] = [];
  for (let index = 0; index < usual.length; index += 2) {
    const name = usual[index]!;
    if (behaviour.headers[name] === undefined) headers.push(name, usual[index + 1]!);
  }
  for (const name in behaviour.headers) headers.push(name, behaviour.headers[name]!);
  return headers;
}

function withRetryAfter(plan: DeliveryPlan): DeliveryPlan {
  const seconds = plan.behaviour.retryAfterSeconds;
  return seconds === undefined ? plan : { ...plan, headers: [...plan.headers, 'retry-after', String(seconds)] };
}

/** Answers at once that the request is wrong: no fault and no wait applies to what a provider rejects at its door. */
export function sendProblem(
  exchange: Exchange,
  protocol: Protocol,
  refused: { readonly problem: Problem },
  state: AnswerState,
): void {
  const id = state.ids.next();
  const headers = protocol.headers(id, state.clock.nowMs());
  deliver(exchange, protocol.encodeProblem(refused.problem, id), {
    behaviour: state.defaults,
    fault: undefined,
    headers,
  });
}
