import type { ScopedBudget } from '@ao/contracts';
import type { Clock, Logger } from '@ao/kernel';
import type { WalletRepository } from './ports.js';

/** Where gateways read which budgets have a scope. */
export interface BudgetSnapshots {
  publish(version: number, budgets: ScopedBudget[]): Promise<void>;
  watch(onBudgets: (budgets: ScopedBudget[]) => void): Promise<{ stop(): Promise<void> }>;
}

/** Keeps the published list of budgets with a scope equal to the wallets, whichever replica changed them. */
export class PublishBudgets {
  private published: string | undefined;

  constructor(
    private readonly wallets: WalletRepository,
    private readonly snapshots: BudgetSnapshots,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Publishes now, then learns of what other replicas publish. */
  async start(): Promise<{ stop(): Promise<void> }> {
    await this.refresh();
    return this.snapshots.watch((budgets) => void (this.published = JSON.stringify(budgets)));
  }

  /** Publishes when the wallets and the published list differ. */
  async refresh(): Promise<void> {
    const scoped = await this.wallets.listScoped();
    const budgets = scoped.map(({ id, orgId, scope }) => ({ walletId: id, orgId, scope: scope! }));
    const text = JSON.stringify(budgets);
    if (text === this.published) return;
    await this.snapshots.publish(this.clock.nowMs(), budgets);
    this.published = text;
  }

  /** Publishes a change at once; should that fail, the next look at the wallets makes up for it. */
  async publishSoon(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'the budgets with a scope could not be published yet'),
    );
  }
}
