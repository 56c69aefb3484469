import type { LimitRule } from '@ao/contracts';
import type { Clock, Logger } from '@ao/kernel';
import type { Limit } from '../domain/limit.js';
import type { LimitRepository } from './ports.js';

/** Where gateways read which limits there are. */
export interface LimitSnapshots {
  publish(version: number, limits: LimitRule[]): Promise<void>;
  watch(onLimits: (limits: LimitRule[]) => void): Promise<{ stop(): Promise<void> }>;
}

/** Keeps the published list of limits equal to the stored ones, whichever replica changed them. */
export class PublishLimits {
  private published: string | undefined;

  constructor(
    private readonly limits: LimitRepository,
    private readonly snapshots: LimitSnapshots,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Publishes now, then learns of what other replicas publish. */
  async start(): Promise<{ stop(): Promise<void> }> {
    await this.refresh();
    return this.snapshots.watch((limits) => void (this.published = JSON.stringify(limits)));
  }

  /** Publishes when the stored and the published limits differ. */
  async refresh(): Promise<void> {
    const stored = await this.limits.listAll();
    const limits = stored.map(toRule);
    const text = JSON.stringify(limits);
    if (text === this.published) return;
    await this.snapshots.publish(this.clock.nowMs(), limits);
    this.published = text;
  }

  /** Publishes a change at once; should that fail, the next look at the store makes up for it. */
  async publishSoon(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'the limits could not be published yet'),
    );
  }
}

/** With its fields in the order in which the contract gives them back. */
const toRule = (limit: Limit): LimitRule => ({
  id: limit.id,
  orgId: limit.orgId,
  scope: { kind: limit.scope.kind, id: limit.scope.id },
  model: limit.model,
  requestsPerMinuteMax: limit.requestsPerMinuteMax,
  tokensPerMinuteMax: limit.tokensPerMinuteMax,
  concurrencyMax: limit.concurrencyMax,
});
