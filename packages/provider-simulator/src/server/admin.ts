import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@ao/kernel';
import type { Behaviour } from '../behaviour/behaviour.js';
import { parseDirectives } from '../behaviour/parse-directives.js';
import type { ScriptedAnswer } from '../behaviour/script.js';
import type { SimulatorCounts } from './counters.js';
import { readBody } from './read-body.js';
import type { RecordedRequest } from './request-log.js';

/** What the admin endpoint may do: the same as a test that holds the simulator in its own process. */
export interface AdminTarget {
  readonly requests: readonly RecordedRequest[];
  readonly counts: SimulatorCounts;
  readonly pending: number;
  script(...answers: readonly (string | ScriptedAnswer)[]): void;
  setDefaults(behaviour: string | Partial<Behaviour>): void;
  clearBehaviour(): void;
  reset(): void;
}

const PREFIX = '/_simulator/';

type Fields = Readonly<Record<string, unknown>>;
type Action = (target: AdminTarget, body: unknown) => object;

const ACTIONS = new Map<string, Action>([
  ['POST behaviour', setBehaviour],
  ['GET behaviour', (target) => ({ pending: target.pending })],
  ['DELETE behaviour', (target) => (target.clearBehaviour(), { pending: 0 })],
  ['GET requests', (target) => ({ data: target.requests, counts: target.counts })],
  ['DELETE requests', (target) => (target.reset(), { data: [], counts: target.counts })],
]);

export function isAdminPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** Answers the endpoints under `/_simulator/`; they are never counted, recorded or simulated. */
export function handleAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  target: AdminTarget,
): void {
  readBody(request, (bytes) => {
    try {
      if (bytes === 'too_large') throw new AppError('payload_too_large', 'Send at most 10 MB.');
      const action = ACTIONS.get(`${request.method} ${path.slice(PREFIX.length)}`);
      if (action === undefined) {
        throw new AppError(
          'not_found',
          'Use GET, POST or DELETE /_simulator/behaviour, or GET or DELETE /_simulator/requests.',
        );
      }
      send(response, 200, action(target, parseBody(bytes.toString())));
    } catch (thrown) {
      const error = toAppError(thrown);
      send(response, error.status, error.toBody());
    }
  });
}

function send(response: ServerResponse, status: number, content: object): void {
  const body = JSON.stringify(content);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('invalid_json', 'Send a JSON object.');
  }
}

/** All of the body is read before any of it takes effect. */
function setBehaviour(target: AdminTarget, body: unknown): object {
  if (!isFields(body)) throw new AppError('invalid_parameter', "Send an object with 'next', 'defaults' or both.");
  const { next, defaults } = body;
  if (next !== undefined && !Array.isArray(next)) {
    throw new AppError('invalid_parameter', "'next' must be an array of answers.", { param: 'next' });
  }
  const behaviour = defaults === undefined ? undefined : readBehaviour(defaults, 'defaults');
  target.script(...(next ?? []).map(readAnswer));
  if (behaviour !== undefined) target.setDefaults(behaviour);
  return { pending: target.pending };
}

function readAnswer(answer: unknown, index: number): ScriptedAnswer {
  const at = `next[${index}]`;
  if (!isFields(answer) || !('directives' in answer)) return { behaviour: readBehaviour(answer, at) };
  return {
    behaviour: readBehaviour(answer['directives'], `${at}.directives`),
    ...readOptional(answer, at, 'times', 'number'),
    ...readOptional(answer, at, 'model', 'string'),
    ...readOptional(answer, at, 'path', 'string'),
  };
}

function readOptional(answer: Fields, at: string, name: string, type: 'number' | 'string'): Fields {
  const value = answer[name];
  if (value === undefined) return {};
  if (typeof value === type) return { [name]: value };
  throw new AppError('invalid_parameter', `'${at}.${name}' must be a ${type}.`, { param: `${at}.${name}` });
}

/** Directives as one text, or as an object with a value for each. */
function readBehaviour(directives: unknown, param: string): Partial<Behaviour> {
  if (typeof directives !== 'string' && !isFields(directives)) {
    throw new AppError('invalid_parameter', `'${param}' must be directives: a text or an object.`, { param });
  }
  const given =
    typeof directives === 'string'
      ? directives
      : Object.entries(directives).map(([name, value]): [string, string] => [name, asText(value)]);
  const parsed = parseDirectives(given);
  if (parsed.kind === 'parsed') return parsed.behaviour;
  throw new AppError('invalid_parameter', `Correct '${param}': ${parsed.problems.join('; ')}.`, { param });
}

function asText(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
