import type {
  ModelAlias,
  Principal,
  RoutingRule,
  RoutingStrategy,
  RunningExperiment,
  routingTableSnapshot,
  ValueOf,
} from '@ao/contracts';
import { ExperimentBook } from '../experiments/experiment-book.js';
import { demandsOf } from '../filters/demands.js';
import { joinSettings, policyOf, type ResolvedPolicy, type ResolvedSettings } from '../policy.js';
import type { Resolution, RouteQuestion } from '../question.js';
import { RuleBook } from '../rules/rule-book.js';
import type { Candidate, Provider } from './candidate.js';
import { ModelGroup } from './model-group.js';
import { PoolCache } from './pool-cache.js';
import type { Pool } from './pool.js';
import { Wildcards } from './wildcards.js';

/** How a provider that serves everybody does. */
export interface ProviderState {
  name: string;
  healthy: boolean;
}

/** A provider as one organisation may address it. */
export interface ServingProvider {
  provider: Provider;
  /** It serves other organisations too, or may. */
  isShared: boolean;
}

type Snapshot = ValueOf<typeof routingTableSnapshot>;

interface OrganisationSettings {
  settings: ResolvedSettings;
  policies: Map<string, ResolvedPolicy>;
}

/** What the gateway knows of models: built once per snapshot, read by every request. */
export class RoutingTable {
  /** Every provider of the snapshot. */
  readonly providers: Provider[];
  readonly ruleBook: RuleBook;
  readonly experimentBook: ExperimentBook;
  private readonly groups: ReadonlyMap<string, ModelGroup>;
  private readonly wildcards: Wildcards<ModelGroup>;
  /** Whom the deployments of each provider serve; null: all. */
  private readonly ownersOf = new Map<string, Set<string | null>>();
  private readonly aliases = new Map<string, ModelAlias>();
  readonly rules: readonly RoutingRule[];
  readonly experiments: readonly RunningExperiment[];
  private readonly settings: Snapshot['settings'];
  /** Joined on first use; a table lives until the next snapshot. */
  private readonly settingsByOrg = new Map<string, OrganisationSettings>();

  /** @param openKey Opens a sealed provider key. */
  constructor(snapshot: Snapshot, openKey: (sealed: string) => string) {
    const providers = new Map<string, Provider>();
    // Beside the provider, not in it: connectors are made anew when a provider changes.
    const unhealthy = new Set(snapshot.providers.filter(({ healthy }) => !healthy).map(({ id }) => id));
    for (const { sealedKey, healthy: _healthy, ...provider } of snapshot.providers) {
      providers.set(provider.id, { ...provider, apiKey: sealedKey === null ? null : openKey(sealedKey) });
    }
    this.providers = [...providers.values()];
    const groups = new Map<string, Candidate[]>();
    for (const deployment of snapshot.deployments) {
      const provider = providers.get(deployment.providerId);
      if (!provider || !deployment.enabled) continue;
      const group = groups.get(deployment.modelGroup) ?? [];
      groups.set(deployment.modelGroup, group);
      group.push({ deployment, provider, healthy: !unhealthy.has(provider.id) });
      const owners = this.ownersOf.get(provider.id) ?? new Set();
      this.ownersOf.set(provider.id, owners.add(deployment.orgId));
    }
    const pools = new PoolCache();
    this.groups = new Map([...groups].map(([name, candidates]) => [name, new ModelGroup(name, candidates, pools)]));
    this.wildcards = new Wildcards(this.groups);
    for (const alias of snapshot.aliases) this.aliases.set(aliasKey(alias.alias, alias.orgId), alias);
    this.rules = snapshot.rules;
    this.experiments = snapshot.experiments;
    this.ruleBook = new RuleBook(snapshot.rules);
    this.experimentBook = new ExperimentBook(snapshot.experiments, (model, orgId) => this.resolve(model, orgId));
    this.settings = snapshot.settings;
  }

  static readonly empty = new RoutingTable(
    { version: 0, providers: [], deployments: [], aliases: [], settings: [], rules: [], experiments: [] },
    (sealed) => sealed,
  );

  /** The model group behind a name: an organisation's own alias first, then one of the platform. */
  resolve(model: string, orgId: string): string {
    if (this.aliases.size === 0) return model;
    const alias = this.aliases.get(aliasKey(model, orgId)) ?? this.aliases.get(aliasKey(model, null));
    return alias?.modelGroup ?? model;
  }

  /** The platform's settings, and over them the organisation's own. */
  settingsOf(orgId: string): ResolvedSettings {
    return this.organisation(orgId).settings;
  }

  /** How a group is served to an organisation. */
  policyOf(orgId: string, modelGroup: string): ResolvedPolicy {
    const { settings, policies } = this.organisation(orgId);
    const name = Object.hasOwn(settings.groups, modelGroup) ? modelGroup : this.groupNameOf(modelGroup, orgId);
    let policy = policies.get(name);
    if (!policy) {
      policy = policyOf(settings, name);
      // Names that no group has come from callers: they must not fill the memory.
      if (this.groups.has(name)) policies.set(name, policy);
    }
    return policy;
  }

  /** The deployments of a group that serve an organisation. */
  candidates(modelGroup: string, orgId: string): Candidate[] {
    return this.groupFor(modelGroup, orgId)?.visibleTo(orgId) ?? [];
  }

  /** The group that serves a name to an organisation: its own, else the wildcard that it fits; without either the name. */
  groupNameOf(modelGroup: string, orgId: string): string {
    return this.isServed(modelGroup, orgId) ? modelGroup : (this.wildcardFor(modelGroup, orgId)?.name ?? modelGroup);
  }

  /** Those that a call may go to, with what became of the others; null: the table has no such group. */
  poolOf(question: RouteQuestion, resolution: Resolution): Pool | null {
    const { orgId } = question.principal;
    const group = this.groupFor(resolution.modelGroup, orgId);
    if (!group) return null;
    return group.pool(orgId, demandsOf(question, resolution, this.settingsOf(orgId), group.tags));
  }

  /** The names a caller may use, hidden aliases left out, with the provider that serves each. */
  visibleModels(principal: Principal): { id: string; ownedBy: string }[] {
    const allowed = (name: string): boolean => principal.models === null || principal.models.includes(name);
    const owner = (group: string): string | undefined => this.candidates(group, principal.orgId)[0]?.provider.name;
    const groups = [...this.groups.keys()].map((id) => ({ id, ownedBy: owner(id) }));
    const aliases = [...this.aliases.values()]
      .filter((alias) => !alias.hidden && serves(alias, principal.orgId))
      .map(({ alias: id, modelGroup }) => ({ id, ownedBy: owner(modelGroup) }));
    return [...groups, ...aliases].flatMap(({ id, ownedBy }) =>
      ownedBy !== undefined && allowed(id) ? [{ id, ownedBy }] : [],
    );
  }

  /**
   * The providers of these kinds that serve an organisation, in the order of the configuration; one that has no deployment
   * serves nobody.
   */
  providersOf(kinds: ReadonlySet<string>, orgId: string): ServingProvider[] {
    return this.providers.flatMap((provider) => {
      const owners = kinds.has(provider.kind) ? this.ownersOf.get(provider.id) : undefined;
      if (!owners || !(owners.has(null) || owners.has(orgId))) return [];
      return [{ provider, isShared: owners.size > 1 || owners.has(null) }];
    });
  }

  /** The providers that have a deployment for every organisation: what a tenant brought is no business of others. */
  publicProviders(): ProviderState[] {
    const states = new Map<string, ProviderState>();
    for (const { deployment, provider, healthy } of [...this.groups.values()].flatMap(({ candidates }) => candidates)) {
      if (deployment.orgId === null) states.set(provider.id, { name: provider.name, healthy });
    }
    return [...states.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Of every group. */
  deploymentIds(): Set<string> {
    return new Set(
      [...this.groups.values()].flatMap(({ candidates }) => candidates).map(({ deployment }) => deployment.id),
    );
  }

  /** Of every group that somebody is served from by one of these strategies. */
  deploymentIdsUnder(strategies: ReadonlySet<RoutingStrategy>): Set<string> {
    const found = new Set<string>();
    const isAsked = (strategy?: RoutingStrategy): boolean => strategy !== undefined && strategies.has(strategy);
    // Whose settings say nothing of it follow those of the platform.
    const deciding = this.settings.filter(({ settings }) => settings.strategy ?? settings.groups);
    for (const orgId of new Set(deciding.map((part) => part.orgId))) {
      const { strategy, groups } = this.settingsOf(orgId ?? '');
      const names = new Set([...(isAsked(strategy) ? this.groups.keys() : []), ...Object.keys(groups)]);
      for (const name of names) {
        if (!isAsked(groups[name]?.strategy ?? strategy)) continue;
        const candidates = orgId === null ? this.everybodys(name) : this.candidates(name, orgId);
        for (const { deployment } of candidates) found.add(deployment.id);
      }
    }
    return found;
  }

  get deploymentCount(): number {
    return [...this.groups.values()].reduce((sum, { candidates }) => sum + candidates.length, 0);
  }

  private groupFor(modelGroup: string, orgId: string): ModelGroup | undefined {
    return this.groups.get(this.groupNameOf(modelGroup, orgId));
  }

  /** The deployments of a group, whomever they serve. */
  private everybodys(modelGroup: string): Candidate[] {
    const group = this.groups.get(modelGroup) ?? this.wildcards.find(modelGroup, () => true)?.group;
    return group?.candidates ?? [];
  }

  /** Whether a group of this very name serves the organisation; without wildcards nothing else could. */
  private isServed(modelGroup: string, orgId: string): boolean {
    return this.wildcards.size === 0 || (this.groups.get(modelGroup)?.visibleTo(orgId).length ?? 0) > 0;
  }

  private wildcardFor(modelGroup: string, orgId: string): { name: string } | undefined {
    return this.wildcards.find(modelGroup, (group) => group.visibleTo(orgId).length > 0);
  }

  private organisation(orgId: string): OrganisationSettings {
    let own = this.settingsByOrg.get(orgId);
    if (!own) {
      const parts = [null, orgId].flatMap((owner) => this.settings.filter((part) => part.orgId === owner));
      own = { settings: joinSettings(...parts.map(({ settings }) => settings)), policies: new Map() };
      this.settingsByOrg.set(orgId, own);
    }
    return own;
  }
}

/** What belongs to no organisation serves all. */
const serves = (owned: { orgId: string | null }, orgId: string): boolean =>
  owned.orgId === null || owned.orgId === orgId;
const aliasKey = (alias: string, orgId: string | null): string => `${orgId ?? ''} ${alias}`;
