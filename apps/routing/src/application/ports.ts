import type { EncodedEvent } from '@ao/bus';
import type { OwnedRouterSettings, RoutingRule, RunningExperiment } from '@ao/contracts';
import type { Catalogue } from './catalogue.js';
import type { Alias, Deployment } from '../domain/deployment.js';
import type { Check, Health } from '../domain/health.js';
import type { Provider } from '../domain/provider.js';

export interface PageOf {
  limit: number;
  /** The id after which to go on. */
  after: string | undefined;
}

/** Providers that administrators made. What changes one also appends its events, in the same transaction. */
export interface ProviderRepository {
  /** False when the organisation has one of this name. */
  insert(provider: Provider, listed: Deployment[], events: EncodedEvent[]): Promise<boolean>;
  find(orgId: string, providerId: string): Promise<Provider | null>;
  /** Of whichever organisation: for the service's own work, never for a request. */
  findOfAny(providerId: string): Promise<Provider | null>;
  /** Newest first. */
  list(orgId: string, page: PageOf): Promise<Provider[]>;
  count(orgId: string): Promise<number>;
  /**
   * Writes the provider and makes its listed deployments those of `listed`: one whose model was there keeps its id.
   * The others of the provider are left alone. What was found out about the provider is found out anew.
   */
  update(provider: Provider, listed: Deployment[], events: EncodedEvent[]): Promise<'updated' | 'name_taken' | 'gone'>;
  /** Deletes it with its deployments. False when it is not there. */
  delete(orgId: string, providerId: string, events: EncodedEvent[]): Promise<boolean>;
}

export interface DeploymentRepository {
  /** False when its provider is not there any more. */
  insert(deployment: Deployment, events: EncodedEvent[]): Promise<boolean>;
  list(orgId: string, page: PageOf, modelGroup: string | undefined): Promise<Deployment[]>;
  count(orgId: string): Promise<number>;
  /** The models of a provider that an organisation's own deployments serve. */
  modelsOf(orgId: string, providerId: string): Promise<string[]>;
  delete(orgId: string, deploymentId: string, events: EncodedEvent[]): Promise<boolean>;
}

export interface AliasRepository {
  /** Makes it or replaces it. */
  set(alias: Alias & { orgId: string }, events: EncodedEvent[]): Promise<void>;
  /** All of them, by name. */
  list(orgId: string): Promise<Alias[]>;
  delete(orgId: string, alias: string, events: EncodedEvent[]): Promise<boolean>;
}

/** All that is stored, of all organisations, as of one moment. */
export interface StoredTable {
  /** Grows with every reading, on whichever replica: a later reading has a higher one and is never staler. */
  version: number;
  /** Which changes it holds. */
  revision: bigint;
  providers: Provider[];
  deployments: Deployment[];
  aliases: Alias[];
  settings: OwnedRouterSettings[];
  /** Those that are on, in the order in which they are asked. */
  rules: RoutingRule[];
  /** Those that run. */
  experiments: RunningExperiment[];
  /** What gateways must know of what was found out about providers, by id. */
  findings: ReadonlyMap<string, Finding>;
}

export interface Finding {
  healthy: boolean;
  keyCopy: KeyCopy | null;
}

export interface TableRepository {
  read(): Promise<StoredTable>;
  /** Which changes are stored now: cheap, for finding out whether there is anything new. */
  readRevision(): Promise<bigint>;
}

/** The operator's models as they are now. */
export interface CatalogueSource {
  readonly current: Catalogue;
}

/** The table that the gateways route by. */
export interface RoutingTable {
  /** Publishes what is stored now. Waits a moment at most and never rejects: what fails is done again later. */
  refresh(): Promise<void>;
}

/** What a connector needs to call a provider, besides the provider itself. The key is in plain text. */
export interface ProbeTarget {
  provider: Provider;
  apiKey: string | null;
}

/** `reason`: why not, for an administrator; holds no key. Null when it went well. */
export interface ProbeResult extends Check {
  models: string[];
}

/** One cheap call to a provider. Never rejects; answers within ten seconds. */
export interface ProviderProbe {
  /** Its list of models. */
  test(target: ProbeTarget, signal?: AbortSignal): Promise<ProbeResult>;
  health(target: ProbeTarget, signal?: AbortSignal): Promise<Check>;
}

/** Why a reference gives no key. Holds no key. */
export class KeyUnavailableError extends Error {}

/** Where the keys are that providers have by reference. */
export interface KeySource {
  /** Why an organisation may not name this reference; null: it may. */
  refusalOf(orgId: string, reference: string): string | null;
  /**
   * The key as it is now.
   * @param isOperators Whether the reference comes from the operator's own file, which may name any.
   * @throws KeyUnavailableError
   */
  read(reference: string, isOperators: boolean): Promise<string>;
}

/** The last key that a reference gave. */
export interface KeyCopy {
  reference: string;
  sealed: string;
}

/** What is known of a key that is kept by reference. */
export interface KeyState {
  copy: KeyCopy | null;
  /** Why the reference gives no key now. */
  failure: string | null;
}

/** What replicas take turns at, provider by provider. */
export type Round = 'health' | 'models' | 'key';

export interface ClaimOptions {
  round: Round;
  nowMs: number;
  /** A provider that is claimed is due again after a little less than this. */
  everyMs: number;
  limit: number;
  /** The providers that are not stored. */
  catalogueIds: string[];
}

/** What follows from something found out: told and published in the transaction that stores it. */
export interface Consequences {
  events: EncodedEvent[];
  /** Whether gateways must get another table. */
  tableChanged: boolean;
}

export interface HealthDecision extends Consequences {
  after: Health;
  dueAtMs: number | null;
}

export interface SeenModel {
  id: string;
  firstSeenAtMs: number;
  vanishedAtMs: number | null;
}

/** What a list of models changed, each by name. */
export interface ModelChange {
  /** Nothing was known before. */
  first: boolean;
  appeared: string[];
  vanished: string[];
}

/** What the service finds out about providers by itself. */
export interface FindingRepository {
  /** Takes due providers, of which no other replica gets one until it is due again. */
  claim(options: ClaimOptions): Promise<string[]>;
  /** By provider id; those that were never checked are absent. */
  healthOf(providerIds: string[]): Promise<Map<string, Health>>;
  /**
   * Gives what was decided and stored; null when the provider is there no more.
   * @param decide `dueAtMs`: when to check the next time, if not at the usual one.
   */
  recordHealth(providerId: string, decide: (before: Health) => HealthDecision): Promise<HealthDecision | null>;
  keyStateOf(providerId: string): Promise<KeyState>;
  /** Gives what was decided and stored. */
  recordKey<D extends Consequences & { after: KeyState }>(
    providerId: string,
    decide: (before: KeyState) => D,
  ): Promise<D>;
  /** @param listed Each once. */
  recordModels(
    providerId: string,
    listed: string[],
    nowMs: number,
    tell: (change: ModelChange) => EncodedEvent[],
  ): Promise<ModelChange>;
  /** By name. */
  listModels(providerId: string, page: PageOf): Promise<SeenModel[]>;
  /** Forgets providers that are there no more and were not looked at since then. */
  forget(catalogueIds: string[], sinceMs: number): Promise<void>;
}
