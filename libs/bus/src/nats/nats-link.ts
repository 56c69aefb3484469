import { AppError, StartupError, withDeadline, type Logger } from '@ao/kernel';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import type { ServerChanged } from '../bus.js';
import { unavailable } from '../codec.js';
import { parseNatsUrl, type NatsTls } from './nats-address.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Every question to the JetStream API: what the library gives up on after. */
const JETSTREAM_TIMEOUT_MS = 5_000;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 750;
/** Two unanswered pings and the server counts as gone: found within 30 s when packets vanish without a trace. */
const PING_INTERVAL_MS = 10_000;
const HEALTH_DEADLINE_MS = 500;
const DRAIN_DEADLINE_MS = 5_000;
/** What a NATS server takes unless told otherwise; the connected server says its own limit. */
const PAYLOAD_BYTES_MAX_DEFAULT = 1_048_576;

export interface NatsLinkOptions {
  /** `nats://host:4222`, see `parseNatsUrl`. */
  url: string;
  /** What the server's monitoring calls this client. */
  name: string;
  logger: Logger;
  tls?: NatsTls;
}

/** One connection to NATS that is re-established for ever, and what the rest needs to know about it. */
export class NatsLink {
  readonly js: JetStreamClient;
  private up = true;
  private closing: Promise<void> | null = null;
  private readonly reconnectListeners = new Set<() => void>();
  private readonly serverListeners = new Set<ServerChanged>();
  /** Drawn anew at each start of a server. */
  private serverId: string | undefined;
  private awaySinceMs = 0;

  private constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    private readonly logger: Logger,
  ) {
    this.serverId = connection.info?.server_id;
    this.js = jetstream(connection, { timeout: JETSTREAM_TIMEOUT_MS });
    void this.followStatus();
  }

  /**
   * @throws StartupError when NATS does not answer, refuses the login or runs without JetStream; it names the setting
   */
  static async connect({ url, name, logger, tls }: NatsLinkOptions): Promise<NatsLink> {
    const address = parseNatsUrl(url, tls);
    const connection = await connect({
      ...address.connection,
      name,
      timeout: CONNECT_TIMEOUT_MS,
      waitOnFirstConnect: false,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
      reconnectJitter: RECONNECT_JITTER_MS,
      reconnectJitterTLS: RECONNECT_JITTER_MS,
      pingInterval: PING_INTERVAL_MS,
      // A password that is being rotated must not end the process's connection for good.
      ignoreAuthErrorAbort: true,
      // A stack trace per request would cost more than the request.
      noAsyncTraces: true,
    }).catch((error: unknown) => {
      throw startupError(address.shown, error);
    });
    try {
      const manager = await jetstreamManager(connection, { timeout: JETSTREAM_TIMEOUT_MS });
      return new NatsLink(connection, manager, logger);
    } catch (error) {
      await connection.close();
      const message = `NATS at ${address.shown} offers no JetStream. Start it with -js, or set NATS_URL to one that does.`;
      throw new StartupError(message, { cause: error });
    }
  }

  /** Whether messages can be sent now. What is sent while the link is down would be dropped. */
  get isUp(): boolean {
    return this.up && !this.closing && !this.connection.isClosed();
  }

  /** The largest message that the server takes. */
  get payloadBytesMax(): number {
    return this.connection.info?.max_payload ?? PAYLOAD_BYTES_MAX_DEFAULT;
  }

  /** Calls back after each reconnect; returns how to stop that. */
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => void this.reconnectListeners.delete(listener);
  }

  /** Calls back after a reconnect to another process than before; returns how to stop that. */
  onServerChanged(listener: ServerChanged): () => void {
    this.serverListeners.add(listener);
    return () => void this.serverListeners.delete(listener);
  }

  async checkHealth(): Promise<void> {
    if (!this.isUp) throw unavailable('nats', 'bus');
    await withDeadline(this.connection.flush(), HEALTH_DEADLINE_MS, () => unavailable('nats', 'bus'));
  }

  /** Sends what is still to be sent (bounded), then disconnects. */
  close(): Promise<void> {
    this.closing ??= this.disconnect();
    return this.closing;
  }

  private async disconnect(): Promise<void> {
    if (this.up) {
      const gaveUp = (): Error => new Error('NATS did not take the last messages in time');
      await withDeadline(this.connection.drain(), DRAIN_DEADLINE_MS, gaveUp).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'the NATS connection was cut before it was drained'),
      );
    }
    await this.connection.close();
  }

  private async followStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        if (this.up) this.awaySinceMs = performance.now();
        this.up = false;
        if (!this.closing) this.logger.warn({ server: status.server }, 'NATS disconnected');
      } else if (status.type === 'reconnect') {
        this.up = true;
        this.logger.info({ server: status.server }, 'NATS reconnected');
        for (const listener of this.reconnectListeners) listener();
        this.noteServer();
      } else if (status.type === 'error') {
        this.logger.error({ err: status.error }, 'NATS reported an error');
      }
    }
  }

  private noteServer(): void {
    const serverId = this.connection.info?.server_id;
    if (serverId === this.serverId) return;
    this.serverId = serverId;
    const awayMs = performance.now() - this.awaySinceMs;
    for (const listener of this.serverListeners) listener(awayMs);
  }
}

/** What went wrong with a message that NATS did not carry, in our terms. */
export function messageError(link: NatsLink, error: unknown, subject: string, owner: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof errors.InvalidArgumentError) {
    return new AppError('payload_too_large', `The message is larger than ${link.payloadBytesMax} bytes.`, {
      internal: `${subject}: raise max_payload of the NATS server, or send less`,
      cause: error,
    });
  }
  return unavailable(subject, owner, error);
}

function startupError(shown: string, cause: unknown): StartupError {
  const message =
    cause instanceof errors.AuthorizationError
      ? `NATS at ${shown} refused the login. Correct the user and password in NATS_URL.`
      : `NATS does not answer at ${shown}. Start it, or set NATS_URL to where it runs.`;
  return new StartupError(message, { cause });
}
