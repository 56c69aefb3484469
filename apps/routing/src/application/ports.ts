import type { EncodedEvent } from '@ao/bus';
import type { Catalogue } from '../domain/catalogue.js';
import type { Alias, Deployment } from '../domain/deployment.js';
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
  /** Newest first. */
  list(orgId: string, page: PageOf): Promise<Provider[]>;
  count(orgId: string): Promise<number>;
  /**
   * Writes the provider and makes its listed deployments those of `listed`: one whose model was there keeps its id.
   * The others of the provider are left alone.
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

export interface ProbeResult {
  ok: boolean;
  /** Why not, for an administrator; holds no key. Null when it went well. */
  reason: string | null;
  latencyMs: number;
  models: string[];
}

/** One cheap call to a provider: its list of models. */
export interface ProviderProbe {
  /** Never rejects; answers within ten seconds. */
  test(target: ProbeTarget): Promise<ProbeResult>;
}
