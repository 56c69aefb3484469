import { updateWalletV1, walletActionPerformedV1, type RequestOf } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator, type NanoUsd } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import {
  requireFittingSettings,
  requireUsableSettings,
  requireWithinAncestors,
  type Wallet,
} from '../domain/wallet.js';
import type { WalletRepository, WalletTree } from './ports.js';

type Request = RequestOf<typeof updateWalletV1>;

/** Changes a wallet of the actor's organisation; fields that are absent stay as they are. */
export class UpdateWallet {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (a wallet below has more). */
  async execute({ actor, walletId, ...changes }: Request): Promise<Wallet> {
    requireAdmin(actor);
    requireUsableSettings(changes);
    return this.wallets.change(actor.orgId, async (tree) => {
      const present = await tree.find(walletId);
      if (!present) throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
      requireFittingSettings({ kind: present.kind, ...changes });
      if (changes.limit !== undefined) await requireFit(tree, present, changes.limit);
      const wallet: Wallet = { ...present, ...given(changes) };
      // Null is no change to a wallet that has no limit to change; stored, it would be unlimited.
      if (present.kind === 'prepaid') wallet.limit = present.limit;
      const action = {
        action: present.active && !wallet.active ? 'wallet.deactivate' : 'wallet.update',
        targetId: walletId,
        metadata: { fields: Object.keys(given(changes)).join(',') },
      };
      await tree.update(wallet, [
        auditEvent(walletActionPerformedV1, { actor, clock: this.clock, ids: this.ids }, action),
      ]);
      // Other terms, another question: whoever was asked under the old ones may never answer.
      if (changes.autoTopUp !== undefined) await tree.forgetTopUpRequest(walletId);
      return wallet;
    });
  }
}

async function requireFit(tree: WalletTree, wallet: Wallet, limit: NanoUsd | null): Promise<void> {
  requireWithinAncestors(limit, await tree.ancestorsOf(wallet));
  if (limit === null) return;
  const richest = await tree.richestBelow(wallet.id);
  if (richest && richest.limit! > limit) {
    throw new AppError('conflict', `The wallet ${richest.name} below has a higher limit. Lower that one first.`, {
      param: 'limit_usd',
    });
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const given = <T extends object>(changes: T): Given<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Given<T>;
