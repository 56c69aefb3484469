/** Where a provider or deployment comes from. Only what came over the API can be changed over it. */
export type Source = 'config' | 'api' | 'demo';

/** A provider's key at rest: sealed, or the name of where it is, or none. */
export interface ProviderKey {
  /** Sealed with the master key; null when there is none or when `reference` says where it is. */
  sealed: string | null;
  /** What may be shown. */
  masked: string | null;
  /** `os.environ/NAME` or `file:/path`. */
  reference: string | null;
}

/** Milliseconds; what is absent takes the platform's default. */
interface Timeouts {
  connectMs?: number | undefined;
  firstByteMs?: number | undefined;
  idleMs?: number | undefined;
  totalMs?: number | undefined;
}

/** An endpoint that serves models, with the key that opens it. */
export interface Provider {
  id: string;
  /** The organisation that it belongs to; null: the platform's, for everyone. */
  orgId: string | null;
  name: string;
  /** The vendor or protocol: `openai`, `groq`, … */
  kind: string;
  /** Whose prices hold for it. */
  vendor: string;
  /** What its administrator says of that; null: the kind and the host tell. */
  vendorGiven: string | null;
  baseUrl: string;
  key: ProviderKey;
  organisation: string | null;
  timeouts: Timeouts;
  connectionsMax: number;
  region: string | null;
  tags: string[];
  /** The models that become deployments by themselves: a set, in order of name. */
  models: string[];
  source: Source;
  createdAtMs: number;
}

/** Models as a provider has them: each once, by name. */
export const modelSet = (models: Iterable<string>): string[] => [...new Set(models)].sort();

export const CONNECTIONS_MAX_DEFAULT = 256;
