import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { problemOf } from '../behaviour/faults.js';
import type { Problem } from '../protocols/protocol.js';
import { SOCKET_PROTOCOLS } from '../protocols/realtime/index.js';
import type { SocketProtocol } from '../protocols/socket-protocol.js';
import { drawFault, readControl, type Control } from './answer-call.js';
import type { Counters } from './counters.js';
import type { HandlerParts } from './http-handler.js';
import type { RecordedRequest } from './request-log.js';
import { SocketSession } from './socket-session.js';

const MESSAGE_BYTES_MAX = 10 * 1024 * 1024;

interface Arrival {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly protocol: SocketProtocol;
  readonly record: RecordedRequest | undefined;
}

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Makes the function that answers every request for a WebSocket. */
export function createUpgradeHandler(parts: HandlerParts): UpgradeHandler {
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX });
  return (request, duplex, head) => {
    const socket = duplex as Socket;
    socket.on('error', () => socket.destroy());
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const { counters, state } = parts;
    counters.countRequest(socket);
    const record = parts.log.enabled ? addRecord(parts, request, path, query) : undefined;
    const protocol = SOCKET_PROTOCOLS.find((each) => each.matches(path));
    if (protocol === undefined) {
      const message = `Unknown WebSocket URL: ${path}.`;
      const problem: Problem = { kind: 'unknown_url', model: '', message };
      return refuse({ request, socket, head, protocol: SOCKET_PROTOCOLS[0]!, record }, problem, '');
    }
    const arrival: Arrival = { request, socket, head, protocol, record };
    const control = readControl({ path, headers: request.headers }, { model: protocol.modelOf(query) }, state);
    if (typeof control === 'string') {
      return refuse(arrival, { kind: 'invalid_request', model: '', code: 'invalid_directive', message: control }, '');
    }
    if (record !== undefined) record.model = control.model;
    const { latencyMs } = control.behaviour;
    const open = (): void => openSocket(parts, server, arrival, control);
    if (latencyMs > 0) openAfter(latencyMs, parts, arrival, open);
    else open();
  };
}

function openSocket(parts: HandlerParts, server: WebSocketServer, arrival: Arrival, control: Control): void {
  const { state, counters, timers } = parts;
  const { request, socket, head, protocol, record } = arrival;
  const { model, behaviour } = control;
  const fault = drawFault(behaviour, state.random);
  if (fault === 'reset' || fault === 'silence') {
    counters.faulted += 1;
    if (record !== undefined) record.outcome = 'faulted';
    if (fault === 'reset') socket.resetAndDestroy();
    else watch(arrival, counters);
    return;
  }
  const id = state.ids.next();
  const problem = fault === undefined ? undefined : problemOf(fault);
  if (problem !== undefined) return refuse(arrival, { kind: problem, model }, id);
  server.handleUpgrade(request, socket, head, (webSocket) => {
    const dialogue = protocol.start({ model, behaviour, id, nowMs: state.clock.nowMs() });
    // Without a fault here, one that a later message sets still strikes.
    const struck = behaviour.fault === undefined || fault !== undefined;
    const { binary } = protocol;
    return new SocketSession({ socket: webSocket, dialogue, binary, struck, record, counters, timers });
  });
}

/** Not for a client that leaves before. */
function openAfter(waitMs: number, { counters, timers }: HandlerParts, arrival: Arrival, open: () => void): void {
  const stay = watch(arrival, counters, () => cancel());
  const cancel = timers.after(waitMs, () => {
    stay();
    open();
  });
}

/** Sees a client leave that has no socket yet, as nobody else reads from its connection; the answer ends the watch. */
function watch({ socket, record }: Arrival, counters: Counters, left?: () => void): () => void {
  const end = (): void => void socket.destroy();
  const close = (): void => {
    left?.();
    counters.aborted += 1;
    if (record === undefined) return;
    record.aborted = true;
    if (record.outcome === 'pending') record.outcome = 'aborted';
  };
  socket.resume().once('end', end).once('close', close);
  return () => void socket.off('end', end).off('close', close);
}

function addRecord(
  { log, state }: HandlerParts,
  request: IncomingMessage,
  path: string,
  query: string,
): RecordedRequest {
  const record: RecordedRequest = {
    sequence: log.nextSequence(),
    receivedAtMs: state.clock.nowMs(),
    method: request.method ?? 'GET',
    path,
    query,
    headers: request.headers,
    body: undefined,
    model: '',
    status: undefined,
    outcome: 'pending',
    aborted: false,
  };
  log.add(record, 0);
  return record;
}

/** Answers with a status in the place of a socket. */
function refuse({ socket, protocol, record }: Arrival, problem: Problem, id: string): void {
  const { status, contentType, body } = protocol.encodeProblem(problem, id);
  if (record !== undefined) Object.assign(record, { status, outcome: 'answered' });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${String(body)}`);
}
