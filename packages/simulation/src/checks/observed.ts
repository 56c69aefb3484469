import type { Budget, LeasePool } from '@ao/gateway/simulation';
import type { WalletTables } from '@ao/wallet/simulation';
import type { Life } from '../engine/life.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Plan } from '../plan/plan.js';
import type { CallBook } from './call-book.js';

/** What the checks see of a gateway. */
export interface ObservedGateway {
  readonly gatewayId: string;
  readonly life: Life;
  readonly pool: LeasePool;
  readonly budget: Budget;
}

/** What the checks see of the world. */
export interface ObservedWorld {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly walletTables: WalletTables;
  readonly book: CallBook;
  /** Null: down. */
  readonly gateways: readonly (ObservedGateway | null)[];
  note(text: string): void;
}
