import { isUtf8 } from 'node:buffer';
import { AppError, StartupError, type Clock, type IdGenerator, type Logger } from '@ao/kernel';
import { fastify, type FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../../config.js';
import { registerCors } from './cors.js';
import { sendError } from './errors.js';
import type { GatewayMetrics } from './metrics.js';
import { correlationId } from './request-context.js';
import { setBaseHeaders } from './response-headers.js';

export interface ServerOptions {
  config: GatewayConfig;
  clock: Clock;
  ids: IdGenerator & { uuid(): string };
  logger: Logger;
  metrics: GatewayMetrics;
  shutdownTimeoutMs: number;
}

/** The public HTTP server without its routes: limits, ids, errors, the log line of each request, an orderly stop. */
export class GatewayServer {
  readonly app: FastifyInstance;
  private active = 0;
  private stopping = false;

  constructor(private readonly options: ServerOptions) {
    const { config, ids } = options;
    this.app = fastify({
      logger: false,
      bodyLimit: config.BODY_LIMIT_BYTES,
      trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
      genReqId: (request) => correlationId(request.headers, ids),
      requestTimeout: config.REQUEST_TIMEOUT_MS,
      keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT_MS,
      // The stop is ours: requests under way are finished, new ones get our own 503.
      return503OnClosing: false,
      forceCloseConnections: false,
      routerOptions: { maxParamLength: 256 },
      http: {
        headersTimeout: config.HEADERS_TIMEOUT_MS,
        // Node looks for late clients only this often, every 30 s unless told.
        connectionsCheckingInterval: Math.min(1_000, config.HEADERS_TIMEOUT_MS, config.REQUEST_TIMEOUT_MS),
      },
    });
    this.acceptBodies();
    this.followRequests();
    registerCors(this.app, config.CORS_ALLOWED_ORIGINS);
    this.app.setErrorHandler((error, request, reply) => sendError(error, request, reply, options.logger));
    this.app.setNotFoundHandler((request) => {
      throw new AppError(
        'not_found',
        `There is nothing at ${request.method} ${request.url.split('?')[0]!.slice(0, 200)}.`,
      );
    });
  }

  /** Calls under way. */
  get activeCalls(): number {
    return this.active;
  }

  /** @throws StartupError when the address cannot be had. */
  async listen(): Promise<void> {
    const { HOST: host, PORT: port } = this.options.config;
    try {
      await this.app.listen({ host, port });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE')
        throw new StartupError(`port ${port} on ${host} is in use: stop the other program or set PORT`);
      if (code === 'EACCES')
        throw new StartupError(`port ${port} may not be opened by this user: set PORT to 1024 or more`);
      if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
        throw new StartupError(`this machine has no address ${host}: set HOST`);
      throw error;
    }
  }

  /** Refuses new requests, waits for those under way up to the timeout, then closes what is left (GW-001). */
  async stop(): Promise<void> {
    this.stopping = true;
    const { clock, shutdownTimeoutMs } = this.options;
    const deadlineMs = clock.monotonicMs() + shutdownTimeoutMs;
    const { server } = this.app;
    while (this.active > 0 && clock.monotonicMs() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
    server.closeIdleConnections();
    const closed = this.app.close();
    server.closeAllConnections();
    await closed;
  }

  private acceptBodies(): void {
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser(
      /^application\/(?:[\w.-]+\+)?json\b/i,
      { parseAs: 'buffer' },
      (_request, body, done) => {
        // A provider would read other text than we, and than the caller meant.
        if (isUtf8(body as Buffer)) done(null, body);
        else done(new AppError('invalid_json', 'The request body must be UTF-8.'));
      },
    );
  }

  private followRequests(): void {
    const { clock, ids, logger, metrics } = this.options;
    this.app.decorateRequest('callId', '');
    this.app.decorateRequest('keyMasked', null);
    this.app.decorateRequest('startedAtMs', 0);
    this.app.decorateRequest('startedMonotonicMs', 0);
    this.app.addHook('onRequest', (request, reply, done) => {
      request.callId = ids.next('req');
      request.startedAtMs = clock.nowMs();
      request.startedMonotonicMs = clock.monotonicMs();
      this.active += 1;
      reply.raw.once('close', () => {
        this.active -= 1;
        const durationMs = clock.monotonicMs() - request.startedMonotonicMs;
        const route = request.routeOptions.url ?? 'unknown';
        const { statusCode: status } = reply.raw;
        metrics.observeRequest(route, status, durationMs);
        logger.info(
          {
            requestId: request.id,
            callId: request.callId,
            keyMasked: request.keyMasked,
            method: request.method,
            route,
            status,
            durationMs: Math.round(durationMs * 100) / 100,
            ip: request.ip,
          },
          'request',
        );
      });
      if (!this.stopping) return done();
      setBaseHeaders(request, reply);
      reply.header('connection', 'close');
      done(
        new AppError('server_shutting_down', 'This server is stopping. Send the request again.', {
          retryAfterSeconds: 1,
        }),
      );
    });
  }
}
