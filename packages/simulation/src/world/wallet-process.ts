import type { EventEnvelope } from '@ao/bus';
import {
  acquireLeasesV1,
  addressedTo,
  returnLeasesV1,
  syncLeasesV1,
  type RpcContract,
  type UsageReport,
} from '@ao/contracts';
import type { MemorySession } from '@ao/database/memory';
import type { IdGenerator, Logger } from '@ao/kernel';
import {
  AcquireLeases,
  AcquireOrRecall,
  CreateWallet,
  FindPayers,
  MemoryLedgerStore,
  MemoryWalletRepository,
  MicroBatch,
  PeriodBook,
  RecallLeases,
  SettleUsage,
  SweepLeases,
  SyncLeases,
  UpdateWallet,
  WalletEvents,
  type WalletTables,
} from '@ao/wallet/simulation';
import type { Life } from '../engine/life.js';
import type { Sabotage } from '../mutations/sabotage.js';
import type { Plan } from '../plan/plan.js';
import type { Requests, Responder } from './requests.js';

const WALLETS_MAX = 1_000;
const BUDGETS_PER_TEMPLATE_MAX = 100;

interface WalletParts {
  life: Life;
  session: MemorySession;
  tables: WalletTables;
  ids: IdGenerator;
  logger: Logger;
  plan: Plan;
  sabotage: Sabotage;
  requests: Requests;
  /** All gateways that bear this id: one or none. */
  gateways: (gatewayId: string) => readonly Responder[];
}

/** One replica of the wallet service: its use cases, wired as `WalletModule` does, over the ledger in memory. */
export class WalletProcess implements Responder {
  readonly life: Life;
  readonly createWallet: CreateWallet;
  readonly updateWallet: UpdateWallet;
  private readonly acquireOrRecall: AcquireOrRecall;
  private readonly syncLeases: SyncLeases;
  private readonly settleUsage: SettleUsage;
  private readonly sweepLeases: SweepLeases;
  private isSweeping = false;

  constructor({ life, session, tables, ids, logger, plan, sabotage, requests, gateways }: WalletParts) {
    this.life = life;
    const { clock } = life;
    const wallets = new MemoryWalletRepository(tables, session);
    const honest = new MemoryLedgerStore(tables, session);
    const store = sabotage.store?.(honest, clock) ?? honest;
    const terms = sabotage.terms?.(plan.terms) ?? plan.terms;
    const periods = new PeriodBook();
    const events = new WalletEvents(clock, ids);
    const payers = new FindPayers(wallets, clock, ids, logger, BUDGETS_PER_TEMPLATE_MAX);
    const acquireLeases = new AcquireLeases(payers, store, periods, events, clock, ids, terms);
    const acquisitions = new MicroBatch({
      run: (requests: Parameters<AcquireLeases['execute']>[0]) => acquireLeases.execute(requests),
      sizeMax: 256,
      lanesMax: 2,
      waitingMax: 20_000,
      waitMsMax: acquireLeasesV1.deadlineMs,
      clock,
    });
    this.syncLeases = new SyncLeases(wallets, store, clock, terms.ttlMs);
    const asked = {
      returnLeases: async (gatewayId: string, walletId: string) => {
        const contract = addressedTo(returnLeasesV1, gatewayId);
        return (await requests.ask(life, contract, { walletIds: [walletId] }, () => gateways(gatewayId))).returns;
      },
    };
    const recallLeases = new RecallLeases(store, asked, this.syncLeases, clock, logger);
    const pause = (durationMs: number): Promise<void> => life.sleep(durationMs, 'waits for a lease on its way');
    this.acquireOrRecall = new AcquireOrRecall((request) => acquisitions.submit(request), recallLeases, clock, pause);
    this.settleUsage = new SettleUsage(wallets, store, periods, events, clock, logger);
    this.sweepLeases = new SweepLeases(store, clock, terms.graceMs);
    this.createWallet = new CreateWallet(wallets, clock, ids, WALLETS_MAX, WALLETS_MAX);
    this.updateWallet = new UpdateWallet(wallets, clock, ids);
    life.every(plan.sweepEveryMs, 'sweeps', () => void this.sweep());
  }

  answer(contract: RpcContract, request: unknown): Promise<unknown> {
    if (contract.subject === acquireLeasesV1.subject) return this.acquireOrRecall.execute(request as never);
    if (contract.subject === syncLeasesV1.subject) return this.syncLeases.execute(request as never);
    throw new Error(`the simulated wallet does not answer ${contract.subject}`);
  }

  handle(events: EventEnvelope<UsageReport>[]): Promise<void> {
    return this.settleUsage.execute(events);
  }

  private async sweep(): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    // The job logs a failure and runs again.
    await this.sweepLeases.execute().catch(() => undefined);
    this.isSweeping = false;
  }
}
