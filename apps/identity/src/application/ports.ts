import type { EncodedEvent } from '@ao/bus';
import type { ModelBudget } from '@ao/contracts';
import type { ApiKey } from '../domain/api-key.js';
import type { Limit } from '../domain/limit.js';
import type { Organisation, Team, User } from '../domain/organisation.js';

export interface PageOf {
  limit: number;
  /** The id after which to go on. */
  after: string | undefined;
}

/** Where Nest finds the repositories: interfaces leave no trace at run time. */
export const KEY_REPOSITORY = Symbol('KeyRepository');
export const LIMIT_REPOSITORY = Symbol('LimitRepository');
export const ORGANISATION_REPOSITORY = Symbol('OrganisationRepository');

/** Keys. What changes one also appends its events, in the same transaction. */
export interface KeyRepository {
  insert(key: ApiKey, events: EncodedEvent[]): Promise<void>;
  /** False when a key of the same secret is there already, revoked or not. */
  insertUnlessKnown(key: ApiKey, events: EncodedEvent[]): Promise<boolean>;
  findByHash(hash: string): Promise<ApiKey | null>;
  find(orgId: string, keyId: string): Promise<ApiKey | null>;
  /** Newest first; one more than asked for when there are more. */
  list(orgId: string, page: PageOf): Promise<ApiKey[]>;
  countUsable(orgId: string): Promise<number>;
  /** False when it was revoked already. */
  revoke(keyId: string, revokedAtMs: number, events: EncodedEvent[]): Promise<boolean>;
}

/** Limits of any scope. What changes one also appends its events, in the same transaction. */
export interface LimitRepository {
  /** False when its scope and model have one already. */
  insert(limit: Limit, events: EncodedEvent[]): Promise<boolean>;
  update(limit: Limit, events: EncodedEvent[]): Promise<void>;
  delete(limit: Limit, events: EncodedEvent[]): Promise<void>;
  find(orgId: string, limitId: string): Promise<Limit | null>;
  /** Newest first; one more than asked for when there are more. */
  list(orgId: string, page: PageOf): Promise<Limit[]>;
  /** Of every organisation, oldest first. */
  listAll(): Promise<Limit[]>;
  count(orgId: string): Promise<number>;
}

/** A new organisation with all that belongs to it. */
export interface NewOrganisation {
  organisation: Organisation;
  team: Team;
  user: User | null;
  key: ApiKey;
}

export interface OrganisationRepository {
  find(orgId: string): Promise<Organisation | null>;
  insert(created: NewOrganisation, events: EncodedEvent[]): Promise<void>;
  /** Inserts the first organisation; false when there is one already. */
  insertFirst(created: NewOrganisation, events: EncodedEvent[]): Promise<boolean>;
  findTeam(orgId: string, teamId: string): Promise<Team | null>;
  /** False when the name is taken. */
  insertTeam(team: Team, events: EncodedEvent[]): Promise<boolean>;
  listTeams(orgId: string, page: PageOf): Promise<Team[]>;
}

export interface BudgetOwner {
  kind: 'key' | 'team';
  id: string;
  name: string;
}

/** The wallet service, as far as identity needs it. */
export interface Wallets {
  /** Makes the wallet of a new organisation; again for the same organisation gives the same wallet. */
  createForOrganisation(orgId: string, name: string): Promise<string>;
  /** @throws AppError `not_found` when the wallet is not the organisation's. */
  requireInOrganisation(orgId: string, walletId: string): Promise<void>;
  /** Budgets for the calls of a key or a team on single models; in force when it resolves. */
  createModelBudgets(orgId: string, owner: BudgetOwner, budgets: readonly ModelBudget[]): Promise<void>;
}
