import assert from 'node:assert/strict';
import { MemoryBus, type EventEnvelope } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  acquireLeasesV1,
  costAdjustedV1,
  createAdjustmentV1,
  createTopUpV1,
  createWalletV1,
  getBalanceV1,
  requestTransferV1,
  listEntriesV1,
  syncLeasesV1,
  transferDecidedV1,
  transferRequestedV1,
  usageRecordedV1,
  usageReportExample,
  walletActionPerformedV1,
  walletAutoTopUpRequestedV1,
  walletEntriesPostedV1,
  walletLedgerViolatedV1,
  walletThresholdCrossedV1,
  type Actor,
  type CallOf,
  type CostAdjustment,
  type Lease,
  type LeaseCharge,
  type PayloadOf,
  type ResponseOf,
  type Transfer,
  type UsageReport,
  type WalletBalance,
  type WalletEntry,
  type WalletPosting,
} from '@ao/contracts';
import { openDatabase, type Database } from '@ao/database';
import { ManualClock, nanoUsd, silentLogger, UuidV7Generator, type NanoUsd } from '@ao/kernel';
import { runService, type RunningService } from '@ao/runtime';
import { createTestDatabase, type TestDatabase } from '@ao/testing';
import { PostgresLedgerStore } from './adapters/postgres/ledger.store.js';
import { WalletStore } from './adapters/postgres/store.js';
import { PostgresWalletRepository } from './adapters/postgres/wallet.repository.js';
import { ExpireCredits } from './application/expire-credits.js';
import { WalletEvents } from './application/wallet-events.js';
import { checkLedger, walletService } from './index.js';

export const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));
export const admin: Actor = { orgId: 'org_1', keyId: 'key_1', role: 'admin' };
export const developer: Actor = { orgId: 'org_1', keyId: 'key_dev', role: 'member' };

/** Other work may share the processors; the deadlines themselves are tested elsewhere. */
export const PATIENT = { deadlineMs: 30_000 };

type NewWallet = Partial<CallOf<typeof createWalletV1>>;
type SyncCall = Partial<Omit<CallOf<typeof syncLeasesV1>, 'returns'>> & { returns?: Return[] };
type Return = { leaseId: string; sequence: number; amount: NanoUsd; close?: boolean };
type TopUpCall = Partial<CallOf<typeof createTopUpV1>>;
type TopUp = ResponseOf<typeof createTopUpV1>['topUp'];
type AdjustCall = Partial<CallOf<typeof createAdjustmentV1>>;
type Adjustment = ResponseOf<typeof createAdjustmentV1>['adjustment'];
type EntryFilter = Partial<CallOf<typeof listEntriesV1>>;
type AcquireCall = Partial<CallOf<typeof acquireLeasesV1>>;

/** Jobs wait to be called by a test. */
const QUIET = {
  LEASE_SHARE_PERCENT_MAX: '100',
  LEASE_SWEEP_INTERVAL_MS: '3600000',
  CREDIT_SWEEP_INTERVAL_MS: '86400000',
  LEDGER_CHECK_INTERVAL_MS: '86400000',
};

/** One replica of the service on a bus of its own, and what it told the world. */
export class Replica {
  readonly bus = new MemoryBus(silentLogger);
  readonly entries: WalletPosting[] = [];
  readonly crossings: PayloadOf<typeof walletThresholdCrossedV1>[] = [];
  readonly actions: PayloadOf<typeof walletActionPerformedV1>[] = [];
  readonly requested: PayloadOf<typeof transferRequestedV1>[] = [];
  readonly decided: PayloadOf<typeof transferDecidedV1>[] = [];
  readonly topUpRequests: PayloadOf<typeof walletAutoTopUpRequestedV1>[] = [];
  readonly violations: PayloadOf<typeof walletLedgerViolatedV1>[] = [];
  service!: RunningService;

  constructor(
    private readonly databaseUrl: string,
    private readonly clock: ManualClock,
  ) {}

  async start(environment: NodeJS.ProcessEnv = {}): Promise<this> {
    const collect = <T>(into: T[]) => {
      return (batch: EventEnvelope<T>[]): void => void into.push(...batch.map(({ payload }) => payload));
    };
    await this.bus.subscribe(walletEntriesPostedV1, { kind: 'broadcast' }, (events) => {
      this.entries.push(...events.flatMap(({ payload }) => payload.entries));
    });
    await this.bus.subscribe(walletThresholdCrossedV1, { kind: 'broadcast' }, collect(this.crossings));
    await this.bus.subscribe(walletActionPerformedV1, { kind: 'broadcast' }, collect(this.actions));
    await this.bus.subscribe(transferRequestedV1, { kind: 'broadcast' }, collect(this.requested));
    await this.bus.subscribe(transferDecidedV1, { kind: 'broadcast' }, collect(this.decided));
    await this.bus.subscribe(walletAutoTopUpRequestedV1, { kind: 'broadcast' }, collect(this.topUpRequests));
    await this.bus.subscribe(walletLedgerViolatedV1, { kind: 'broadcast' }, collect(this.violations));
    this.service = await runService(walletService, {
      bus: this.bus,
      logger: silentLogger,
      clock: this.clock,
      ids: new UuidV7Generator(),
      secretBox: new SecretBox(Buffer.alloc(32, 1)),
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      environment: { ...QUIET, ...environment },
      databaseUrl: this.databaseUrl,
      openWarehouse: () => Promise.reject(new Error('wallet needs no warehouse')),
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.bus.close();
  }
}

/** The service over a real PostgreSQL, with short names for what a test does. */
export class WalletHarness {
  readonly clock = new ManualClock();
  private readonly ids = new UuidV7Generator();
  private server!: TestDatabase;
  private repository: PostgresWalletRepository | undefined;
  database!: Database;
  one!: Replica;

  async start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    this.server = await createTestDatabase();
    this.one = await this.startReplica(environment);
    const limits = { poolSizeMax: 2, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
    this.database = openDatabase({ url: this.server.url, schema: 'wallet', ...limits });
  }

  startReplica(environment: NodeJS.ProcessEnv = {}): Promise<Replica> {
    return new Replica(this.server.url, this.clock).start(environment);
  }

  async stop(): Promise<void> {
    await this.one.stop();
    await this.database.close();
    await this.server.drop();
  }

  id(prefix: string): string {
    return this.ids.next(prefix);
  }

  async createWallet(wallet: NewWallet = {}): Promise<string> {
    const limit = wallet.kind === 'prepaid' ? null : usd(100);
    const call = { actor: admin, name: 'Wallet', limit, ...wallet };
    return (await this.one.bus.request(createWalletV1, call)).wallet.id;
  }

  acquire(
    walletId: string,
    amount: number,
    call: AcquireCall = {},
    by = this.one,
  ): Promise<ResponseOf<typeof acquireLeasesV1>> {
    const amounts = { amountMin: usd(amount), amountWanted: usd(amount) };
    const ids = { acquisitionId: this.id('acq'), gatewayId: 'gw_1', orgId: 'org_1', walletId };
    return by.bus.request(acquireLeasesV1, { ...ids, ...amounts, ...call }, PATIENT);
  }

  /** The leases of an acquisition that must succeed, by wallet. */
  async hold(walletId: string, amount: number, call: AcquireCall = {}): Promise<Map<string, Lease>> {
    const answer = await this.acquire(walletId, amount, call);
    if (answer.kind === 'refused') throw new Error(`refused by ${answer.walletName}: ${answer.reason}`);
    return new Map(answer.leases.map((lease) => [lease.walletId, lease]));
  }

  sync({ returns = [], ...call }: SyncCall): Promise<ResponseOf<typeof syncLeasesV1>> {
    const all = returns.map((back) => ({ close: false, ...back }));
    return this.one.bus.request(syncLeasesV1, { gatewayId: 'gw_1', renew: [], returns: all, ...call });
  }

  report(cost: number, charges: LeaseCharge[], report: Partial<UsageReport> = {}): UsageReport {
    const template = usageRecordedV1.payload.parse(usageReportExample) as UsageReport;
    const startedAtMs = this.clock.nowMs();
    return { ...template, requestId: this.id('req'), startedAtMs, cost: usd(cost), charges, ...report };
  }

  /** Settled when it resolves. */
  async settle(report: UsageReport, eventId = report.requestId, by = this.one): Promise<void> {
    await by.bus.publish(usageRecordedV1, { id: eventId, occurredAt: '2026-01-01T00:00:00.000Z', payload: report });
  }

  /** A top-up under a key of its own, unless one is given. */
  async topUp(walletId: string, amount: number, call: TopUpCall = {}, by = this.one): Promise<TopUp> {
    const fresh = { actor: admin, walletId, idempotencyKey: this.id('pay'), amount: usd(amount) };
    return (await by.bus.request(createTopUpV1, { ...fresh, ...call }, { deadlineMs: 30_000 })).topUp;
  }

  async createPrepaid(amount: number, wallet: NewWallet = {}): Promise<string> {
    const walletId = await this.createWallet({ kind: 'prepaid', ...wallet });
    if (amount > 0) await this.topUp(walletId, amount);
    return walletId;
  }

  async adjust(walletId: string, amount: number, call: AdjustCall = {}, by = this.one): Promise<Adjustment> {
    const fresh = { actor: admin, walletId, idempotencyKey: this.id('key'), amount: usd(amount), reason: 'a mistake' };
    return (await by.bus.request(createAdjustmentV1, { ...fresh, ...call }, { deadlineMs: 30_000 })).adjustment;
  }

  /** Corrected when it resolves. */
  async correct(correction: Partial<CostAdjustment> & Pick<CostAdjustment, 'requestId' | 'walletIds'>, by = this.one) {
    const payload = {
      adjustmentId: this.id('adj'),
      orgId: 'org_1',
      difference: usd(0),
      provider: 'openai',
      startedAtMs: this.clock.nowMs(),
      reratingId: 'rrt_1',
      reason: 'another price',
      ...correction,
    };
    await by.bus.publish(costAdjustedV1, {
      id: payload.adjustmentId,
      occurredAt: '2026-01-01T00:00:00.000Z',
      payload,
    });
    return payload;
  }

  /** All entries of a wallet, newest first, read page by page. */
  async entries(walletId: string, filter: EntryFilter = {}): Promise<WalletEntry[]> {
    const found: WalletEntry[] = [];
    let cursor: string | null = null;
    do {
      const call = { actor: admin, walletId, limit: 3, ...filter, ...(cursor !== null && { cursor }) };
      const page: ResponseOf<typeof listEntriesV1> = await this.one.bus.request(listEntriesV1, call);
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  /** What the periodic job does; gives the number of entries made. */
  expireCredits(): Promise<number> {
    this.repository ??= new PostgresWalletRepository(new WalletStore(this.database));
    const events = new WalletEvents(this.clock, this.ids);
    return new ExpireCredits(this.repository, new PostgresLedgerStore(this.database), events, this.clock).execute();
  }

  /** An instant from now, as text. */
  in(ms: number): string {
    return new Date(this.clock.nowMs() + ms).toISOString();
  }

  async balance(walletId: string, actor = admin): Promise<WalletBalance> {
    return (await this.one.bus.request(getBalanceV1, { actor, walletId }, PATIENT)).balance;
  }

  /** Asked for by a member, so that every admin may decide. */
  async requestTransfer(
    fromWalletId: string,
    toWalletId: string,
    amount: number,
    call: Partial<CallOf<typeof requestTransferV1>> = {},
  ): Promise<Transfer> {
    const wish = { actor: developer, fromWalletId, toWalletId, amount: usd(amount) };
    return (await this.one.bus.request(requestTransferV1, { ...wish, ...call }, PATIENT)).transfer;
  }

  /** To be called at the end of every scenario. */
  async assertLaws(): Promise<void> {
    assert.deepEqual(await checkLedger(this.database), { ok: true, violations: [] });
  }
}

export const chargeOf = (lease: Lease, reserved = lease.granted): LeaseCharge => ({
  walletId: lease.walletId,
  leaseId: lease.leaseId,
  reserved,
});
