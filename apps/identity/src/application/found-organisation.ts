import type { Actor } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { ApiKey } from '../domain/api-key.js';
import {
  DEFAULT_TEAM_NAME,
  FIRST_ORGANISATION_ID,
  type Organisation,
  type Team,
  type User,
} from '../domain/organisation.js';
import type { KeyFactory } from './key-factory.js';
import type { KeyRepository, NewOrganisation, OrganisationRepository, Wallets } from './ports.js';

interface Founding {
  orgId: string;
  name: string;
  email: string | null;
  /** The operator's own first key, if any. */
  secret?: string;
}

/** Makes organisations, each with a default team, a wallet and its owner's key. */
export class FoundOrganisation {
  constructor(
    private readonly organisations: OrganisationRepository,
    private readonly keys: KeyRepository,
    private readonly wallets: Wallets,
    private readonly factory: KeyFactory,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  async signUp(organisationName: string, email: string): Promise<NewOrganisation & { user: User; secret: string }> {
    const { created, secret } = await this.prepare({ orgId: this.ids.next('org'), name: organisationName, email });
    await this.organisations.insert(created, this.factory.changeEvents(created.key, ownerOf(created), 'key.create'));
    return { ...created, user: created.user!, secret };
  }

  /**
   * Makes the first organisation unless it is there; safe to repeat and to run on several replicas at once.
   * @returns `secret` only from the call that made it, and only when the operator chose none.
   */
  async bootstrap(adminKey: string | undefined): Promise<{ organisation: Organisation; secret: string | null }> {
    const present = await this.organisations.find(FIRST_ORGANISATION_ID);
    if (present) {
      if (adminKey) await this.ensureAdminKey(present, adminKey);
      return { organisation: present, secret: null };
    }
    const founding = { orgId: FIRST_ORGANISATION_ID, name: 'Default', email: null };
    const { created, secret } = await this.prepare(adminKey ? { ...founding, secret: adminKey } : founding);
    const events = this.factory.changeEvents(created.key, ownerOf(created), 'key.create');
    const first = await this.organisations.insertFirst(created, events);
    // Another replica was faster, perhaps one that still has another AO_ADMIN_KEY.
    if (!first && adminKey) await this.ensureAdminKey(created.organisation, adminKey);
    return { organisation: created.organisation, secret: first && !adminKey ? secret : null };
  }

  /** AO_ADMIN_KEY opens the door also when it was set, or changed, after the first start. */
  private async ensureAdminKey(organisation: Organisation, adminKey: string): Promise<void> {
    const owner = {
      orgId: organisation.id,
      name: 'admin (AO_ADMIN_KEY)',
      role: 'owner',
      walletId: organisation.walletId,
    } as const;
    const { key } = this.factory.make(owner, adminKey);
    if (await this.keys.findByHash(key.hash)) return;
    const actor: Actor = { orgId: organisation.id, keyId: 'system', role: 'owner' };
    await this.keys.insertUnlessKnown(key, this.factory.changeEvents(key, actor, 'key.create'));
  }

  private async prepare(founding: Founding): Promise<{ created: NewOrganisation; secret: string }> {
    const { orgId, name, email } = founding;
    const createdAtMs = this.clock.nowMs();
    const walletId = await this.wallets.createForOrganisation(orgId, name);
    const organisation: Organisation = { id: orgId, name, walletId, createdAtMs };
    const team: Team = { id: this.ids.next('team'), orgId, name: DEFAULT_TEAM_NAME, walletId: null, createdAtMs };
    const user: User | null = email ? { id: this.ids.next('usr'), orgId, email, role: 'owner', createdAtMs } : null;
    const owner = {
      orgId,
      name: 'first key',
      role: 'owner',
      walletId,
      teamId: team.id,
      userId: user?.id ?? null,
    } as const;
    const { key, secret } = this.factory.make(owner, founding.secret);
    return { created: { organisation, team, user, key }, secret };
  }
}

const ownerOf = ({ organisation, key }: { organisation: Organisation; key: ApiKey }): Actor => ({
  orgId: organisation.id,
  keyId: key.id,
  role: 'owner',
});
