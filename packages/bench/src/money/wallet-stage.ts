import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  acquireLeasesV1,
  createWalletV1,
  usageRecordedV1,
  type CallOf,
  type LeaseCharge,
  type PayloadOf,
} from '@ao/contracts';
import { nanoUsd, silentLogger, systemClock, UuidV7Generator, type NanoUsd } from '@ao/kernel';
import { runService, type RunningService } from '@ao/runtime';
import { startPostgres, type TestPostgres } from '@ao/testing';
import { walletService } from '@ao/wallet';
import type { Books } from './money-scenarios.js';

const ORGANISATION = 'org_bench';
const admin = { orgId: ORGANISATION, keyId: 'key_bench', role: 'admin' as const };
/** Far more than a run can spend. */
const LIMIT = nanoUsd(100_000_000_000_000_000n);
const WALLETS_MADE_AT_ONCE = 16;

export type LeafLeases = LeaseCharge[];

/** The wallet service on a PostgreSQL of its own, asked over the bus as gateways ask. */
export class WalletStage {
  private readonly ids = new UuidV7Generator();

  private constructor(
    private readonly postgres: TestPostgres,
    readonly bus: MemoryBus,
    private readonly service: RunningService,
  ) {}

  static async start(): Promise<WalletStage> {
    const postgres = await startPostgres();
    const bus = new MemoryBus(silentLogger);
    const service = await runService(walletService, {
      bus,
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox: new SecretBox(Buffer.alloc(32, 1)),
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      environment: {},
      databaseUrl: postgres.url,
      openWarehouse: () => Promise.reject(new Error('the wallet service needs no warehouse')),
    });
    return new WalletStage(postgres, bus, service);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.bus.close();
    await this.postgres.stop();
  }

  /** Gives the leaves: `wallets` of them, below a chain of shared ancestors that makes their paths `depth` long. */
  async createWallets({ wallets, depth }: Books): Promise<string[]> {
    let parentId: string | null = null;
    for (let level = 1; level < depth; level += 1) parentId = await this.createWallet(parentId);
    const leaves: string[] = [];
    while (leaves.length < wallets) {
      const count = Math.min(WALLETS_MADE_AT_ONCE, wallets - leaves.length);
      leaves.push(...(await Promise.all(Array.from({ length: count }, () => this.createWallet(parentId)))));
    }
    return leaves;
  }

  /** What the call costs its leases, by wallet, leaf first. @throws Error when it was refused. */
  async acquire(walletId: string, gateway: number, amount: NanoUsd): Promise<LeafLeases> {
    const request: CallOf<typeof acquireLeasesV1> = {
      acquisitionId: this.ids.next('acq'),
      gatewayId: `gw_${gateway}`,
      orgId: ORGANISATION,
      walletId,
      amountMin: amount,
      amountWanted: amount,
    };
    const answer = await this.bus.request(acquireLeasesV1, request, { deadlineMs: 60_000 });
    if (answer.kind === 'refused') throw new Error(`a lease was refused: ${answer.reason}`);
    const leaseOf = new Map(answer.leases.map((lease) => [lease.walletId, lease.leaseId]));
    return answer.path.map((wallet) => ({
      walletId: wallet.walletId,
      leaseId: leaseOf.get(wallet.walletId) ?? null,
      reserved: amount,
    }));
  }

  /** Resolves when the ledger has it. */
  settle(charges: LeafLeases, cost: NanoUsd): Promise<void> {
    const requestId = this.ids.next('req');
    const payload: PayloadOf<typeof usageRecordedV1> = {
      ...usageRecordedV1.payload.parse(usageRecordedV1.example),
      requestId,
      orgId: ORGANISATION,
      startedAtMs: Date.now(),
      charges: charges.map((charge) => ({ ...charge, reserved: cost })),
      cost,
    };
    return this.bus.publish(usageRecordedV1, { id: requestId, occurredAt: new Date().toISOString(), payload });
  }

  private async createWallet(parentId: string | null): Promise<string> {
    const { wallet } = await this.bus.request(
      createWalletV1,
      { actor: admin, name: 'Bench', limit: LIMIT, parentId },
      { deadlineMs: 60_000 },
    );
    return wallet.id;
  }
}
