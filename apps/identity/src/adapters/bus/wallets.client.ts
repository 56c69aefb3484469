import type { Bus } from '@ao/bus';
import { createWalletV1, getWalletV1, type Actor } from '@ao/contracts';
import type { NanoUsd } from '@ao/kernel';
import type { Wallets } from '../../application/ports.js';

/** Asks the wallet service. */
export class WalletsClient implements Wallets {
  constructor(
    private readonly bus: Bus,
    private readonly limit: NanoUsd,
  ) {}

  async createForOrganisation(orgId: string, name: string): Promise<string> {
    const { wallet } = await this.bus.request(createWalletV1, {
      actor: asSystem(orgId),
      // One organisation, one wallet, however often a start is interrupted.
      idempotencyKey: `organisation:${orgId}`,
      name,
      limit: this.limit,
      period: 'month',
      parentId: null,
      ownerType: 'organisation',
      ownerId: orgId,
      timeZone: 'UTC',
      overdraftPercent: 0,
      thresholdsPercent: [80, 90, 95, 100],
      costCenter: null,
    });
    return wallet.id;
  }

  async requireInOrganisation(orgId: string, walletId: string): Promise<void> {
    await this.bus.request(getWalletV1, { actor: asSystem(orgId), walletId });
  }
}

const asSystem = (orgId: string): Actor => ({ orgId, keyId: 'system', role: 'owner' });
