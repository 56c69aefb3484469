import type { ResponseOf, returnLeasesV1 } from '@ao/contracts';
import { ZERO_USD, nanoUsd, type Clock, type Logger, type NanoUsd } from '@ao/kernel';
import { Coalesced } from './coalesced.js';
import type { LedgerStore } from './ports.js';
import type { SyncLeases } from './sync-leases.js';

/** A wallet that more gateways hold leases on is not recalled as a whole. */
const GATEWAYS_MAX = 64;
/** Between the grant of a lease and its arrival in the gateway that asked, on a busy machine. */
const ARRIVAL_MS = 250;

type Returns = ResponseOf<typeof returnLeasesV1>['returns'];

/** The gateways, as far as the wallet service needs them. */
export interface Gateways {
  /** What the gateway holds of a wallet without need. @throws AppError `backend_unavailable` when it is away. */
  returnLeases(gatewayId: string, walletId: string): Promise<Returns>;
}

export interface Recalled {
  returned: NanoUsd;
  /** A gateway that had nothing to give back was granted a lease a moment ago: it may not have it yet. */
  mayArrive: boolean;
}

/** Asks the gateways for what they hold of a wallet and do not use, so that nobody is refused while money lies idle. */
export class RecallLeases {
  private readonly recalls = new Coalesced<Recalled>((walletId) => this.recall(walletId));

  constructor(
    private readonly store: LedgerStore,
    private readonly gateways: Gateways,
    private readonly syncLeases: SyncLeases,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Resolves once all that is idle of the wallet is back in the ledger. Never rejects for a gateway's sake. */
  execute(walletId: string): Promise<Recalled> {
    return this.recalls.run(walletId);
  }

  private async recall(walletId: string): Promise<Recalled> {
    const holders = await this.store.findHolders(walletId, GATEWAYS_MAX);
    const youngMs = this.clock.nowMs() - ARRIVAL_MS;
    const amounts = await Promise.all(holders.map(({ gatewayId }) => this.recallFrom(gatewayId, walletId)));
    const returned = nanoUsd(amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n));
    const mayArrive = holders.some(({ grantedAtMs }, index) => amounts[index] === 0n && grantedAtMs > youngMs);
    return { returned, mayArrive };
  }

  /** Null for a gateway that is away: it has lost nothing by it, its leases end by themselves. */
  private async recallFrom(gatewayId: string, walletId: string): Promise<NanoUsd | null> {
    try {
      const returns = await this.untaken(await this.gateways.returnLeases(gatewayId, walletId));
      if (returns.length === 0) return ZERO_USD;
      await this.syncLeases.execute({ gatewayId, renew: [], returns });
      return nanoUsd(returns.reduce((sum, { amount }) => sum + amount, 0n));
    } catch (error) {
      this.logger.debug({ err: error, gatewayId, walletId }, 'a gateway gave no idle leases back');
      return null;
    }
  }

  /** A gateway repeats its returns until they are confirmed: what the ledger took before brings nobody anything now. */
  private async untaken(returns: Returns): Promise<Returns> {
    const leases = await this.store.findLeases([...new Set(returns.map(({ leaseId }) => leaseId))]);
    return returns.filter(({ leaseId, sequence }) => sequence > (leases.get(leaseId)?.returnSequence ?? Infinity));
  }
}
