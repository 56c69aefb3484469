import type { Bus, Subscription } from '@ao/bus';
import { addressedTo, returnLeasesV1 } from '@ao/contracts';
import type { Budget } from '../../application/budget.js';

/** Gives back idle money when the wallet service asks this gateway for it. */
export const answerLeaseRecalls = (bus: Bus, gatewayId: string, budget: Budget): Promise<Subscription> =>
  bus.respond(addressedTo(returnLeasesV1, gatewayId), ({ walletIds }) => ({
    returns: budget.giveBack(walletIds).map(({ walletId: _walletId, ...back }) => back),
  }));
