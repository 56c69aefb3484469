import type { createKeyV1, RequestOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { ApiKey } from '../domain/api-key.js';
import { mayGrant } from '../domain/role.js';
import type { KeyFactory } from './key-factory.js';
import type { KeyRepository, OrganisationRepository, Wallets } from './ports.js';

type Request = RequestOf<typeof createKeyV1>;

/** Issues a key for the actor's organisation. */
export class CreateKey {
  constructor(
    private readonly keys: KeyRepository,
    private readonly organisations: OrganisationRepository,
    private readonly wallets: Wallets,
    private readonly factory: KeyFactory,
    private readonly keysMax: number,
  ) {}

  /** @throws AppError `permission_denied`, `not_found` (team or wallet), `conflict` (too many keys). */
  async execute({ actor, modelBudgets, ...request }: Request): Promise<{ key: ApiKey; secret: string }> {
    requireAdmin(actor);
    if (!mayGrant(actor.role, request.role)) {
      throw new AppError(
        'permission_denied',
        `A key with the role ${actor.role} cannot issue one with the role ${request.role}.`,
        { param: 'role' },
      );
    }
    if ((await this.keys.countUsable(actor.orgId)) >= this.keysMax) {
      throw new AppError(
        'conflict',
        `The organisation holds ${this.keysMax} keys, which is the limit. Revoke one first.`,
      );
    }
    const walletId = await this.chooseWallet(actor.orgId, request);
    const { key, secret } = this.factory.make({ ...request, orgId: actor.orgId, walletId });
    // Before the key, so that it never works without them.
    await this.wallets.createModelBudgets(actor.orgId, { kind: 'key', id: key.id, name: key.name }, modelBudgets);
    await this.keys.insert(key, this.factory.changeEvents(key, actor, 'key.create'));
    return { key, secret };
  }

  private async chooseWallet(orgId: string, request: Pick<Request, 'walletId' | 'teamId'>): Promise<string> {
    const team = request.teamId ? await this.organisations.findTeam(orgId, request.teamId) : null;
    if (request.teamId && !team)
      throw new AppError('not_found', `There is no team ${request.teamId}.`, { param: 'team_id' });
    if (request.walletId) await this.wallets.requireInOrganisation(orgId, request.walletId);
    const walletId = request.walletId ?? team?.walletId ?? (await this.organisations.find(orgId))?.walletId;
    if (!walletId) throw new AppError('not_found', 'The organisation of this key no longer exists.');
    return walletId;
  }
}
