import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { openAiProtocol } from '../protocols/openai/index.js';
import type { Operation, Problem, Protocol } from '../protocols/protocol.js';
import { handleAdmin, isAdminPath, type AdminTarget } from './admin.js';
import { answerCall, sendProblem, type AnswerState } from './answer-call.js';
import type { Counters } from './counters.js';
import { Exchange } from './exchange.js';
import { readContent, type Content } from './read-content.js';
import type { RequestLog } from './request-log.js';
import type { Timers } from './timers.js';

export interface HandlerParts {
  readonly state: AnswerState;
  readonly protocols: readonly Protocol[];
  readonly counters: Counters;
  readonly log: RequestLog;
  readonly timers: Timers;
  /** Undefined when the admin endpoint is off. */
  readonly admin: AdminTarget | undefined;
}

interface Found {
  readonly protocol: Protocol;
  readonly operation: Operation | Problem;
}

function findOperation(
  protocols: readonly Protocol[],
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
): Found {
  for (const protocol of protocols) {
    const operation = protocol.route(method, path, headers);
    if (operation === 'wrong_method') return { protocol, operation: { kind: 'method_not_allowed', model: '' } };
    if (operation !== undefined) return { protocol, operation };
  }
  const message = `Unknown request URL: ${method} ${path}.`;
  return { protocol: openAiProtocol, operation: { kind: 'unknown_url', model: '', message } };
}

/** Makes the function that answers every request of the server. */
export function createHandler(parts: HandlerParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = request.url ?? '/';
    const queryStart = url.indexOf('?');
    const path = queryStart < 0 ? url : url.slice(0, queryStart);
    if (parts.admin !== undefined && isAdminPath(path)) return handleAdmin(request, response, path, parts.admin);
    const query = queryStart < 0 ? '' : url.slice(queryStart + 1);
    handleCall(parts, new Exchange(request, response, parts.counters, parts.timers), path, query);
  };
}

function handleCall(parts: HandlerParts, exchange: Exchange, path: string, query: string): void {
  const { request } = exchange;
  const { state, counters } = parts;
  const method = request.method ?? 'GET';
  counters.countRequest(request.socket);
  const receivedAtMs = state.clock.nowMs();
  const { protocol, operation } = findOperation(parts.protocols, method, path, request.headers);
  readContent(request, (content) => {
    if (parts.log.enabled) record(parts.log, exchange, { receivedAtMs, method, path, query }, content);
    if (typeof operation !== 'function') return sendProblem(exchange, protocol, { problem: operation }, state);
    const { body, text, problem } = content;
    if (problem !== undefined) return sendProblem(exchange, protocol, { problem }, state);
    const call = { method, path, query, headers: request.headers, body, bodyText: text, memory: state.memory };
    answerCall(exchange, call, protocol, operation, state);
  });
}

interface Arrival {
  readonly receivedAtMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

function record(log: RequestLog, exchange: Exchange, arrival: Arrival, content: Content): void {
  exchange.record = {
    sequence: log.nextSequence(),
    ...arrival,
    headers: exchange.request.headers,
    body: content.problem === undefined ? content.body : content.text || undefined,
    model: '',
    status: undefined,
    outcome: 'pending',
    aborted: false,
  };
  log.add(exchange.record, content.byteCount);
}
