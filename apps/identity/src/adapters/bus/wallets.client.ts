import type { Bus } from '@ao/bus';
import { createWalletV1, getWalletV1, type Actor, type ModelBudget } from '@ao/contracts';
import type { NanoUsd } from '@ao/kernel';
import type { BudgetOwner, Wallets } from '../../application/ports.js';

const NAME_LENGTH_MAX = 200;
const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

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

  async createModelBudgets(orgId: string, owner: BudgetOwner, budgets: readonly ModelBudget[]): Promise<void> {
    for (const { model, limit, period } of budgets) {
      await this.bus.request(createWalletV1, {
        actor: asSystem(orgId),
        idempotencyKey: `model-budget:${owner.id}:${model}`.slice(0, IDEMPOTENCY_KEY_LENGTH_MAX),
        name: `${owner.name}: ${model}`.slice(0, NAME_LENGTH_MAX),
        limit,
        period,
        ownerType: owner.kind,
        ownerId: owner.id,
        scope: { [owner.kind]: owner.id, model },
      });
    }
  }

  async requireInOrganisation(orgId: string, walletId: string): Promise<void> {
    await this.bus.request(getWalletV1, { actor: asSystem(orgId), walletId });
  }
}

const asSystem = (orgId: string): Actor => ({ orgId, keyId: 'system', role: 'owner' });
