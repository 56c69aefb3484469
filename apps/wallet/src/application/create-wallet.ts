import { createHash } from 'node:crypto';
import { createWalletV1, walletActionPerformedV1, type RequestOf } from '@ao/contracts';
import { AppError, ZERO_USD, type Clock, type IdGenerator } from '@ao/kernel';
import { encodeMessage } from '@ao/bus';
import { auditEvent, requireAdmin } from '@ao/runtime';
import {
  PATH_LENGTH_MAX,
  requireFittingSettings,
  requireUsableSettings,
  requireWithinAncestors,
  type Wallet,
} from '../domain/wallet.js';
import type { Idempotency, WalletRepository, WalletTree } from './ports.js';

type Request = RequestOf<typeof createWalletV1>;

/** Makes a wallet in the actor's organisation. */
export class CreateWallet {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly walletsMax: number,
    private readonly scopedMax: number,
  ) {}

  /**
   * Repeating a request under its idempotency key gives the wallet that was made first.
   * @throws AppError `permission_denied`, `not_found` (parent), `invalid_parameter`, `missing_required_parameter`,
   *   `conflict` (another request had the key, or too many wallets).
   */
  async execute(request: Request): Promise<Wallet> {
    requireAdmin(request.actor);
    requireUsableSettings(request);
    requireFittingSettings(request);
    const idempotency = idempotencyOf(request);
    return this.wallets.change(request.actor.orgId, async (tree) => {
      return (idempotency && (await findMade(tree, idempotency))) ?? this.make(tree, request, idempotency);
    });
  }

  private async make(tree: WalletTree, request: Request, idempotency: Idempotency | null): Promise<Wallet> {
    const { actor, idempotencyKey: _key, ownerId = ownerOf(request), ...settings } = request;
    if (request.scope !== null) await this.requireRoomForScope(tree, request);
    const ancestors = await this.findAncestors(tree, request.parentId);
    requireWithinAncestors(request.limit, ancestors);
    if ((await tree.count()) >= this.walletsMax) {
      throw new AppError('conflict', `The organisation has ${this.walletsMax} wallets, which is the limit.`);
    }
    const id = this.ids.next('wal');
    const path = [id, ...ancestors.map((ancestor) => ancestor.id)];
    const createdAtMs = this.clock.nowMs();
    const wallet: Wallet = {
      ...settings,
      limit: settings.kind === 'prepaid' ? ZERO_USD : settings.limit,
      id,
      orgId: actor.orgId,
      ownerId,
      path,
      active: true,
      template: null,
      createdAtMs,
    };
    const action = { action: 'wallet.create', targetId: id, metadata: { name: wallet.name } };
    const by = { actor, clock: this.clock, ids: this.ids };
    await tree.insert(wallet, idempotency, [auditEvent(walletActionPerformedV1, by, action)]);
    return wallet;
  }

  /** Budgets with a scope are known to every gateway, so there cannot be too many; and no key names them. */
  private async requireRoomForScope(tree: WalletTree, { parentId }: Request): Promise<void> {
    if (parentId !== null) {
      throw new AppError('invalid_parameter', 'A budget with a scope stands alone: leave parent_id out.', {
        param: 'parent_id',
      });
    }
    if ((await tree.countScoped()) >= this.scopedMax) {
      throw new AppError(
        'conflict',
        `The organisation has ${this.scopedMax} budgets with a scope, which is the limit. One with "*" covers many values.`,
      );
    }
  }

  private async findAncestors(tree: WalletTree, parentId: string | null): Promise<Wallet[]> {
    if (parentId === null) return [];
    const parent = await tree.find(parentId);
    if (!parent) throw new AppError('not_found', `There is no wallet ${parentId}.`, { param: 'parent_id' });
    if (parent.scope !== null) {
      throw new AppError('invalid_parameter', 'A budget with a scope cannot have wallets below it.', {
        param: 'parent_id',
      });
    }
    if (parent.path.length >= PATH_LENGTH_MAX) {
      const message = `Wallets can lie ${PATH_LENGTH_MAX} deep; choose a parent further up.`;
      throw new AppError('invalid_parameter', message, { param: 'parent_id' });
    }
    return [parent, ...(await tree.ancestorsOf(parent))];
  }
}

async function findMade(tree: WalletTree, { key, fingerprint }: Idempotency): Promise<Wallet | null> {
  const made = await tree.findMade(key);
  if (made && made.fingerprint !== fingerprint) {
    throw new AppError('conflict', 'Another request used this idempotency key. Choose a new key for a new wallet.', {
      param: 'idempotency_key',
    });
  }
  return made?.wallet ?? null;
}

/**
 * The request without who asks and why: those may differ when it is repeated. What a budget does not have is left out, so
 * that a request made to a version that did not know it stays the same request.
 */
function idempotencyOf({
  actor,
  idempotencyKey: key,
  kind,
  autoTopUp,
  scope,
  ...settings
}: Request): Idempotency | null {
  if (key === undefined) return null;
  const anyone = { orgId: actor.orgId, keyId: 'any', role: 'admin' as const };
  const special = { ...(kind === 'prepaid' && { kind, autoTopUp }), ...(scope && { scope }) };
  const request = { ...settings, ...special, actor: anyone } as Request;
  const text = encodeMessage(createWalletV1.request, request, createWalletV1.subject);
  return { key, fingerprint: createHash('sha256').update(text).digest('hex') };
}

function ownerOf({ ownerType, actor }: Request): string {
  if (ownerType === 'organisation') return actor.orgId;
  throw new AppError('missing_required_parameter', `Name the ${ownerType} that owns the wallet.`, {
    param: 'owner_id',
  });
}
