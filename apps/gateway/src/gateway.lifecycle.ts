import type { Bus, Subscription } from '@ao/bus';
import type { SecretBox } from '@ao/config';
import { sleep, withDeadline, type Clock, type IdGenerator, type Logger } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import { preloadEncoders } from '@ao/tokens';
import type { ConfigFile } from './adapters/config/config-file.js';
import { answerCacheQuestions } from './adapters/bus/cache.rpc.js';
import { followCircuits } from './adapters/bus/circuit-changes.js';
import { answerLeaseRecalls } from './adapters/bus/lease-recall.js';
import { followSnapshots } from './adapters/bus/snapshots.js';
import type { Countries } from './adapters/http/country.js';
import type { RealtimeSockets } from './adapters/http/realtime/realtime.upgrade.js';
import type { GatewayServer } from './adapters/http/server.js';
import type { ProviderUpstream } from './adapters/upstream/provider-upstream.js';
import type { FileSpool } from './adapters/spool/file-spool.js';
import type { Budget } from './application/budget.js';
import type { ResponseCacheParts } from './application/cache/create-response-cache.js';
import type { PerformCall } from './application/calls/perform-call.js';
import type { IdempotentCalls } from './application/idempotency/idempotent-calls.js';
import type { ModelState } from './application/model-state.js';
import type { Principals } from './application/principals.js';
import type { Readiness } from './application/readiness.js';
import type { UsageExchange } from './application/usage-exchange.js';
import type { GatewayConfig } from './config.js';

export interface LifecycleParts {
  gatewayId: string;
  config: GatewayConfig;
  bus: Bus;
  state: ModelState;
  principals: Principals;
  secretBox: SecretBox;
  logger: Logger;
  server: GatewayServer;
  budget: Budget;
  performCall: PerformCall;
  caching: ResponseCacheParts;
  idempotentCalls: IdempotentCalls;
  usageExchange: UsageExchange;
  spool: FileSpool;
  upstream: ProviderUpstream;
  realtime: RealtimeSockets;
  countries: Countries;
  configFile: ConfigFile;
  keyValue: KeyValue;
  readiness: Readiness;
  clock: Clock;
  ids: IdGenerator;
}

const LEASE_SYNC_EVERY_MS = 1_000;
const USAGE_EXCHANGE_EVERY_MS = 1_000;
/** For calls that the shutdown timeout cut off: their streams end, their cost is counted. */
const SETTLE_DEADLINE_MS = 3_000;
const WARM_UP_DELAY_MS = 2_000;
const READY_POLL_MS = 50;

/** Starts and stops the gateway's parts in the order that loses nothing. */
export class GatewayLifecycle {
  private subscriptions: Subscription[] = [];
  private leaseTimer: NodeJS.Timeout | null = null;
  private usageTimer: NodeJS.Timeout | null = null;
  private warmUp: NodeJS.Timeout | null = null;

  constructor(private readonly parts: LifecycleParts) {}

  /** @throws StartupError when the address cannot be had. */
  async start(): Promise<void> {
    const { bus, state, principals, secretBox, logger, server, budget, config, upstream, gatewayId } = this.parts;
    if (config.AUTH_MODE !== 'required') {
      logger.warn(
        { authMode: config.AUTH_MODE, keys: config.staticKeys.length },
        'authentication is not in the mode for production',
      );
    }
    this.parts.configFile.start();
    this.subscriptions = [
      ...(await followSnapshots(bus, state, principals, upstream, secretBox, logger)),
      await answerLeaseRecalls(bus, gatewayId, budget),
      ...(await answerCacheQuestions({ bus, ...this.parts.caching, clock: this.parts.clock, ids: this.parts.ids })),
      await followCircuits({ bus, gatewayId, clock: this.parts.clock }, state.deployments),
    ];
    this.leaseTimer = setInterval(() => void budget.sync(), LEASE_SYNC_EVERY_MS);
    this.usageTimer = setInterval(() => void this.parts.usageExchange.run(), USAGE_EXCHANGE_EVERY_MS);
    // Vocabularies take a while to load and are needed only where a provider reports no usage: after the start.
    this.warmUp = setTimeout(() => {
      preloadEncoders().catch((error: unknown) =>
        logger.warn({ err: error }, 'token vocabularies could not be loaded ahead'),
      );
    }, WARM_UP_DELAY_MS);
    this.warmUp.unref();
    await server.listen();
  }

  /** Asks until everything that a call needs is there; false when it is not by the deadline. */
  async whenReady(deadlineMs: number): Promise<boolean> {
    const { readiness, clock } = this.parts;
    const endMs = clock.monotonicMs() + deadlineMs;
    while (!(await readiness.check()).ready) {
      if (clock.monotonicMs() > endMs) return false;
      await sleep(READY_POLL_MS);
    }
    return true;
  }

  /** Answers what is under way, then gives back the money, hands over the usage records, and lets go of everything. */
  async stop(): Promise<void> {
    const { server, budget, spool, upstream, keyValue, performCall, idempotentCalls, realtime } = this.parts;
    // First: the server waits for connections, and these end only when told.
    this.parts.configFile.stop();
    this.parts.countries.close();
    await realtime.stop(SETTLE_DEADLINE_MS);
    await server.stop();
    await idempotentCalls.stop(SETTLE_DEADLINE_MS);
    await performCall.whenSettled(SETTLE_DEADLINE_MS);
    await this.saveAnswers();
    if (this.leaseTimer) clearInterval(this.leaseTimer);
    if (this.usageTimer) clearInterval(this.usageTimer);
    if (this.warmUp) clearTimeout(this.warmUp);
    await budget.close();
    await spool.close();
    await Promise.all(this.subscriptions.map((subscription) => subscription.stop()));
    await upstream.close();
    await keyValue.close();
  }

  /** Answers that are not in the cache by then are only not repeated. */
  private async saveAnswers(): Promise<void> {
    const late = (): Error => new Error(`answers were not saved after ${SETTLE_DEADLINE_MS} ms`);
    await withDeadline(this.parts.caching.cache.whenSaved(), SETTLE_DEADLINE_MS, late).catch((error: unknown) =>
      this.parts.logger.warn({ err: error }, 'the response cache misses the last answers'),
    );
  }
}
