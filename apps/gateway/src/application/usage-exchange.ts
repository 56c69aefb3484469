import { LIMITS_PER_CALL_MAX, type KeyValue, type LimitRequest, type LimitState } from '@ao/keyvalue';
import type { Clock, Logger } from '@ao/kernel';
import { USAGE_STRATEGIES, type DeploymentUse } from '@ao/router';
import type { ModelState } from './model-state.js';

const MINUTE_MS = 60_000;
/** Never reached, and small enough that what is left of it is exact. */
const LIMIT = 1_000_000_000_000;
const MEASURES = ['requests', 'tokens'] as const;
const BATCH = LIMITS_PER_CALL_MAX / MEASURES.length;
/** Of more deployments than this, each run takes the next ones: the store is there for calls. */
const DEPLOYMENTS_PER_RUN_MAX = 1_024;

interface UsageExchangeOptions {
  state: Pick<ModelState, 'table' | 'deployments'>;
  /** Shared by all gateways. */
  store: Pick<KeyValue, 'takeTokens'>;
  clock: Clock;
  logger: Logger;
}

/**
 * Tells the shared store what this gateway has used of deployments, and hears what all of them have in the last minute: what
 * `usage-based-routing-v2` and `lowest-tpm-rpm` compare (RT-013). Only of deployments that such a strategy picks from. While
 * the store is away each gateway goes by its own figures.
 */
export class UsageExchange {
  private isRunning = false;
  private table: ModelState['table'] | null = null;
  private deploymentIds: string[] = [];
  private next = 0;

  constructor(private readonly options: UsageExchangeOptions) {}

  /** One round; nothing while another one is under way. Never rejects. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      const due = this.due();
      for (let from = 0; from < due.length; from += BATCH) {
        // One that the store did not take is lost; the others wait for the next round.
        if (!(await this.exchange(due.slice(from, from + BATCH)))) return;
      }
    } catch (error) {
      this.options.logger.debug({ err: error }, 'the use of deployments could not be exchanged');
    } finally {
      this.isRunning = false;
    }
  }

  private due(): string[] {
    const { table } = this.options.state;
    if (table !== this.table) {
      this.table = table;
      this.deploymentIds = [...table.deploymentIdsUnder(USAGE_STRATEGIES)];
      this.next = 0;
    }
    const { deploymentIds, next } = this;
    if (deploymentIds.length <= DEPLOYMENTS_PER_RUN_MAX) return deploymentIds;
    const due = deploymentIds.slice(next, next + DEPLOYMENTS_PER_RUN_MAX);
    this.next = next + due.length < deploymentIds.length ? next + due.length : 0;
    return due;
  }

  /** @returns false when the store is away. */
  private async exchange(deploymentIds: string[]): Promise<boolean> {
    const { state, store, clock } = this.options;
    const nowMs = clock.monotonicMs();
    const told = deploymentIds.map((id) => ({ id, ...state.deployments.tellUsage(id, nowMs) }));
    const requests = told.flatMap(({ id, untold }) => MEASURES.map((measure) => windowOf(id, measure, untold)));
    const { limits, local } = await store.takeTokens(requests);
    if (local) return false;
    const heardMs = clock.monotonicMs();
    for (const [index, { id, own }] of told.entries()) {
      const [ofRequests, ofTokens] = limits.slice(index * MEASURES.length) as [LimitState, LimitState];
      state.deployments.hearUsage(id, heardMs, {
        requests: Math.max(0, usedOf(ofRequests) - own.requests),
        tokens: Math.max(0, usedOf(ofTokens) - own.tokens),
      });
    }
    return true;
  }
}

function windowOf(deploymentId: string, measure: (typeof MEASURES)[number], use: DeploymentUse): LimitRequest {
  const key = `used-${measure}:deployment:${deploymentId}`;
  return { kind: 'window', key, limit: LIMIT, windowMs: MINUTE_MS, amount: use[measure] };
}

const usedOf = ({ limit, remaining }: LimitState): number => limit - remaining;
