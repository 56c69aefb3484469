import type { ResponseOf, returnLeasesV1 } from '@ao/contracts';
import { ZERO_USD, nanoUsd, type Logger, type NanoUsd } from '@ao/kernel';
import { Coalesced } from './coalesced.js';
import type { LedgerStore } from './ports.js';
import type { SyncLeases } from './sync-leases.js';

/** A wallet that more gateways hold leases on is not recalled as a whole. */
const GATEWAYS_MAX = 64;

type Returns = ResponseOf<typeof returnLeasesV1>['returns'];

/** The gateways, as far as the wallet service needs them. */
export interface Gateways {
  /** What the gateway holds of a wallet without need. @throws AppError `backend_unavailable` when it is away. */
  returnLeases(gatewayId: string, walletId: string): Promise<Returns>;
}

/** Asks the gateways for what they hold of a wallet and do not use, so that nobody is refused while money lies idle. */
export class RecallLeases {
  private readonly recalls = new Coalesced<NanoUsd>((walletId) => this.recall(walletId));

  constructor(
    private readonly store: LedgerStore,
    private readonly gateways: Gateways,
    private readonly syncLeases: SyncLeases,
    private readonly logger: Logger,
  ) {}

  /** Resolves with how much came back, once all that is idle of the wallet did. Never rejects for a gateway's sake. */
  execute(walletId: string): Promise<NanoUsd> {
    return this.recalls.run(walletId);
  }

  private async recall(walletId: string): Promise<NanoUsd> {
    const holders = await this.store.findHolders(walletId, GATEWAYS_MAX);
    const amounts = await Promise.all(holders.map((gatewayId) => this.recallFrom(gatewayId, walletId)));
    return nanoUsd(amounts.reduce((sum, amount) => sum + amount, 0n));
  }

  /** A gateway that is away has lost nothing by it: its leases end by themselves. */
  private async recallFrom(gatewayId: string, walletId: string): Promise<NanoUsd> {
    try {
      const returns = await this.untaken(await this.gateways.returnLeases(gatewayId, walletId));
      if (returns.length === 0) return ZERO_USD;
      await this.syncLeases.execute({ gatewayId, renew: [], returns });
      return nanoUsd(returns.reduce((sum, { amount }) => sum + amount, 0n));
    } catch (error) {
      this.logger.debug({ err: error, gatewayId, walletId }, 'a gateway gave no idle leases back');
      return ZERO_USD;
    }
  }

  /** A gateway repeats its returns until they are confirmed: what the ledger took before brings nobody anything now. */
  private async untaken(returns: Returns): Promise<Returns> {
    const leases = await this.store.findLeases([...new Set(returns.map(({ leaseId }) => leaseId))]);
    return returns.filter(({ leaseId, sequence }) => sequence > (leases.get(leaseId)?.returnSequence ?? Infinity));
  }
}
