import type { RequestOf, ResponseOf, syncLeasesV1 } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import type { Lease } from '../domain/lease.js';
import type { LedgerStore, WalletRepository } from './ports.js';

type Request = RequestOf<typeof syncLeasesV1>;
type Answer = ResponseOf<typeof syncLeasesV1>;

/** Takes back what a gateway no longer needs and renews what it still uses. */
export class SyncLeases {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly clock: Clock,
    private readonly ttlMs: number,
  ) {}

  /** @throws AppError `invalid_parameter` for a negative amount. */
  async execute(request: Request): Promise<Answer> {
    if (request.returns.some(({ amount }) => amount < 0n)) {
      throw new AppError('invalid_parameter', 'A lease cannot give back a negative amount.', { param: 'returns' });
    }
    const leases = await this.findOwn(request);
    const active = await this.findActive(leases);
    return this.store.transact(async (transaction) => {
      const { ledger } = await transaction.lock({ periods: leases, leaseIds: leases.map(({ id }) => id) });
      const own = new Set(leases.map(({ id }) => id));
      const gone = new Set<string>();
      for (const { leaseId, ...back } of request.returns) {
        if (!own.has(leaseId) || !ledger.giveBack(leaseId, back)) gone.add(leaseId);
      }
      const expiresAtMs = this.clock.nowMs() + this.ttlMs;
      const renewed: Answer['renewed'] = [];
      for (const leaseId of request.renew) {
        if (active.has(leaseId) && ledger.renew(leaseId, expiresAtMs)) renewed.push({ leaseId, expiresAtMs });
        else gone.add(leaseId);
      }
      await transaction.save(ledger, [], []);
      return { renewed, gone: [...gone] };
    });
  }

  /** To a gateway, leases of another one do not exist. */
  private async findOwn({ gatewayId, renew, returns }: Request): Promise<Lease[]> {
    const ids = new Set([...renew, ...returns.map(({ leaseId }) => leaseId)]);
    const found = await this.store.findLeases([...ids]);
    return [...found.values()].filter((lease) => lease.gatewayId === gatewayId);
  }

  /** Leases of a deactivated wallet run out: what they gave out before still settles. */
  private async findActive(leases: readonly Lease[]): Promise<Set<string>> {
    const wallets = await this.wallets.findAll([...new Set(leases.map(({ walletId }) => walletId))]);
    return new Set(leases.filter(({ walletId }) => wallets.get(walletId)?.active).map(({ id }) => id));
  }
}
