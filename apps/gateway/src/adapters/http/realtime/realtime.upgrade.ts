import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Principal } from '@ao/contracts';
import proxyAddr from '@fastify/proxy-addr';
import { AppError, toAppError, type Clock, type IdGenerator, type Logger } from '@ao/kernel';
import type { SocketTarget } from '@ao/providers';
import type { FastifyInstance } from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import type { Authenticate } from '../../../application/authenticate.js';
import { plainQuestion } from '../../../application/calls/route-question.js';
import {
  refuseOutOfRegion,
  routeNative,
  startCourse,
  type DirectOpenAi,
} from '../../../application/calls/choose-route.js';
import { priceCall } from '../../../application/calls/price-call.js';
import type { Route } from '../../../application/calls/route.js';
import type { Limits } from '../../../application/limits/limits.js';
import { chooseProvider } from '../../../application/native/choose-provider.js';
import { NATIVE_SERVICES } from '../../../application/native/native-services.js';
import { FlatMeter, RealtimeMeter, type SessionMeter } from '../../../application/realtime/realtime-meter.js';
import { SessionMoney, type SessionMoneyParts } from '../../../application/realtime/session-money.js';
import type { Provider } from '@ao/router';
import type { ProviderUpstream } from '../../upstream/provider-upstream.js';
import type { Countries } from '../country.js';
import { correlationId } from '../request-context.js';
import { SocketRelay } from './socket-relay.js';

const FRAME_BYTES_MAX = 16 * 1_048_576;
const HANDSHAKE_MS = 10_000;
const PING_EVERY_MS = 30_000;
/** For the usage of a response that the caller did not wait for. */
const LINGER_MS = 5_000;
const KEY_PROTOCOL = 'openai-insecure-api-key.';
const EXHAUSTED = 4_402;
const VERTEX = NATIVE_SERVICES.find(({ name }) => name === 'vertex-ai')!;
/** No response begins in less, so this is only to find a row and whether it is missing. */
const ANY_SIZE = {
  promptTokensBound: 1,
  maxOutputTokens: 1,
  stream: false,
  choices: 1,
  hasOutput: true,
  predictedTokensBound: 0,
  unmeasuredInput: true,
  mediaOutput: true,
  assumedUsage: {},
  unitsMax: {},
  serviceTiers: [null],
};

export interface RealtimeDependencies extends Omit<SessionMoneyParts, 'ids'> {
  ids: IdGenerator & { uuid(): string };
  clock: Clock;
  authenticate: Authenticate;
  limits: Limits;
  countries: Countries;
  upstream: ProviderUpstream;
  direct: DirectOpenAi;
  logger: Logger;
  /** Addresses and networks whose X-Forwarded-For counts. */
  trustedProxies: readonly string[];
  idleMs: number;
  totalMs: number;
}

/** What a caller asked to be connected to. */
interface Destination {
  route: Route;
  socket: { path: string; query: string; model: string };
  flat: boolean;
}

/** A handshake as Node hands it over. */
interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

interface Session {
  provider: Provider;
  asked: Destination['socket'];
  flat: boolean;
  money: SessionMoney;
  onClosed: () => void;
}

/** WebSockets to providers (GW-009, GW-010): who calls, where to, and with what money is settled before the upgrade. */
export class RealtimeSockets {
  private readonly sessions = new Set<SocketRelay>();
  private stopping = false;
  /** What handshakes are to be told of their limits. */
  private readonly limitHeaders = new WeakMap<IncomingMessage, Record<string, string>>();
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    // The key is one of the protocols that browsers offer: it is not what was agreed on.
    handleProtocols: (offered) => [...offered].find((name) => !name.startsWith(KEY_PROTOCOL)) ?? false,
  });

  constructor(private readonly dependencies: RealtimeDependencies) {}

  register(server: FastifyInstance): void {
    this.server.on('headers', (lines, request) => lines.push(...headerLines(this.limitHeaders.get(request) ?? {})));
    server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.accept(request, socket, head).catch((error: unknown) => this.refuse(request, socket, error));
    });
  }

  /** Ends every session; resolves when all are closed, or after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping = true;
    for (const session of this.sessions) session.end();
    const endMs = performance.now() + deadlineMs;
    while (this.sessions.size > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  private async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { authenticate, limits, state, ids, clock, logger } = this.dependencies;
    if (this.stopping) throw new AppError('server_shutting_down', 'This server is stopping. Connect again.');
    const url = new URL(request.url ?? '/', 'http://gateway');
    const isLive = /^\/(?:v1\/)?vertex-ai\//.test(url.pathname);
    if (!isLive && url.pathname !== '/v1/realtime') throw new AppError('not_found', 'There is no WebSocket here.');
    const clientAddress = proxyAddr(request, [...this.dependencies.trustedProxies]);
    const principal = await authenticate.execute(keyOf(request), clientAddress);
    if (principal.role === 'viewer') {
      throw new AppError(
        'permission_denied',
        'A key with the role viewer reads; it may not make calls that cost money.',
      );
    }
    const callId = ids.next('req');
    const {
      route,
      socket: asked,
      flat,
    } = this.destination(url, isLive, principal, {
      callId,
      country: this.dependencies.countries.of(request),
    });
    const charged = principal.walletId !== null;
    const { row } = priceCall(route, { ...ANY_SIZE, hasOutput: !flat }, charged, state.prices, clock.nowMs());
    const endpoint = isLive ? 'live' : '/v1/realtime';
    const call = { ...callOf(principal, callId, endpoint), correlationId: correlationId(request.headers, ids) };
    const startedAtMs = clock.nowMs();
    const money = new SessionMoney({ ...call, startedAtMs }, route, row, this.dependencies);
    const admission = await limits.admit({
      ...call,
      model: route.modelGroup ?? asked.model,
      tags: principal.attribution.boundTags,
      endUserId: principal.attribution.boundEndUser,
      clientAddress,
      tokensBound: 0,
      signal: null,
      onLimits: (headers) => this.limitHeaders.set(request, headers),
    });
    const onClosed = (): void => {
      admission?.finish(0);
      logger.info({ callId, keyMasked: principal.keyMasked, endpoint }, 'a realtime session ended');
    };
    try {
      await this.open({ request, socket, head }, { provider: route.provider, asked, flat, money, onClosed });
    } catch (error) {
      money.close();
      admission?.finish(0);
      throw error;
    }
  }

  /** Reserves, opens the provider's side, then the caller's. */
  private async open(upgrade: Upgrade, { provider, asked, flat, money, onClosed }: Session): Promise<void> {
    const { upstream, idleMs, totalMs } = this.dependencies;
    const { request, socket, head } = upgrade;
    let relay: SocketRelay | null = null;
    const meter: SessionMeter = flat
      ? new FlatMeter(money)
      : new RealtimeMeter(money, (error) => relay?.end(EXHAUSTED, error.message, errorEvent(error)));
    await meter.start();
    const target = await upstream.socketTarget(provider, asked);
    const side = await connect(target, request, socket);
    this.server.handleUpgrade(request, socket, head, (caller) => {
      const opened = new SocketRelay(caller, side, {
        idleMs,
        totalMs,
        pingEveryMs: PING_EVERY_MS,
        lingerMs: LINGER_MS,
        onProviderFrame: (frame, isBinary) => meter.read(frame, isBinary),
        isOwed: () => meter.isOwed,
        cancel: flat ? null : JSON.stringify({ type: 'response.cancel' }),
        onClosed: () => {
          this.sessions.delete(opened);
          meter.close();
          onClosed();
        },
      });
      relay = opened;
      this.sessions.add(opened);
    });
    if (relay) return;
    // The handshake was none, and has been answered: the provider must not wait for a caller that never comes.
    side.terminate();
    throw new AppError('invalid_header_value', 'This is no handshake of a WebSocket.');
  }

  private destination(
    url: URL,
    isLive: boolean,
    principal: Principal,
    { callId, country }: { callId: string; country: string | null },
  ): Destination {
    const { state, direct, clock } = this.dependencies;
    const model = url.searchParams.get('model') ?? '';
    if (isLive) {
      const choice = { table: state.table, direct, sharedAccountsOpen: false };
      const provider = chooseProvider(VERTEX, { kind: 'other' }, { principal, named: undefined }, choice);
      refuseOutOfRegion(state.router, { principal, country }, provider);
      const route = routeNative('native:vertex-ai/live', principal, provider);
      return { route, socket: { path: 'live', query: url.search.slice(1), model }, flat: true };
    }
    if (model === '') {
      throw new AppError('missing_required_parameter', 'Name the model: /v1/realtime?model=…', { param: 'model' });
    }
    const asked = {
      callId,
      endpoint: '/v1/realtime',
      startedAtMs: clock.nowMs(),
      startedMonotonicMs: clock.monotonicMs(),
    };
    const question = { ...plainQuestion(model, principal, asked), country };
    const { route } = startCourse(question, { ownKey: undefined, router: state.router, direct });
    url.searchParams.delete('model');
    return { route, socket: { path: 'realtime', query: url.searchParams.toString(), model: route.model }, flat: false };
  }

  private refuse(request: IncomingMessage, socket: Duplex, error: unknown): void {
    const known = toAppError(error);
    if (known.code === 'internal_error') this.dependencies.logger.error({ err: error }, 'an upgrade failed');
    if (socket.destroyed) return;
    const body = JSON.stringify(known.toBody());
    const { retryAfterSeconds } = known;
    const headers = headerLines({
      ...this.limitHeaders.get(request),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    });
    socket.end(
      `HTTP/1.1 ${known.status} Refused\r\ncontent-type: application/json; charset=utf-8\r\n` +
        headers.map((line) => `${line}\r\n`).join('') +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
}

const headerLines = (headers: Record<string, string>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

const callOf = (principal: Principal, callId: string, endpoint: string) => ({
  callId,
  endpoint,
  principal,
  featureId: null,
  tags: [],
  endUserId: null,
  sessionId: null,
});

/** Opens the provider's side, paused. Rejects when the provider refuses, or the caller leaves meanwhile. */
function connect(target: SocketTarget, request: IncomingMessage, caller: Duplex): Promise<WebSocket> {
  const protocols = protocolsOf(request).filter((name) => !name.startsWith(KEY_PROTOCOL));
  const beta = request.headers['openai-beta'];
  const headers = { ...target.headers, ...(typeof beta === 'string' && { 'openai-beta': beta }) };
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target.url, protocols, {
      headers,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: FRAME_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
      ...(target.lookup && { lookup: target.lookup }),
    });
    const onLeave = (): void => socket.terminate();
    const fail = (): void => {
      caller.off('close', onLeave);
      reject(new AppError('upstream_error', 'The provider did not open a session.'));
    };
    caller.once('close', onLeave);
    socket.on('error', fail);
    socket.once('close', fail);
    socket.once('open', () => {
      socket.pause();
      caller.off('close', onLeave);
      socket.off('close', fail);
      resolve(socket);
    });
  });
}

const protocolsOf = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Browsers cannot set a header, so OpenAI's put the key among the protocols. */
function keyOf(request: IncomingMessage): string | undefined {
  const { authorization, 'api-key': azure, 'x-goog-api-key': google } = request.headers;
  if (authorization) return authorization;
  const key = [azure, google].find((value) => typeof value === 'string' && value !== '');
  if (key !== undefined) return `Bearer ${String(key)}`;
  const offered = protocolsOf(request).find((name) => name.startsWith(KEY_PROTOCOL));
  return offered && `Bearer ${offered.slice(KEY_PROTOCOL.length)}`;
}

/** In the form of the protocol's own errors. */
const errorEvent = (error: AppError): string => JSON.stringify({ type: 'error', ...error.toBody() });
