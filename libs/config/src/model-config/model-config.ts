import type { RouterSettings } from '@ao/contracts';

/** What an AO_CONFIG file says, resolved and checked. Ids are derived from content, so that a restart changes none. */
export interface ModelConfig {
  providers: ConfigProvider[];
  deployments: ConfigDeployment[];
  aliases: ConfigAlias[];
  prices: ConfigPrice[];
  passThroughs: ConfigPassThrough[];
  /** `router_settings`, with what `litellm_settings` says of the same. */
  router: RouterSettings;
  /** Null: the file says nothing of a cache. */
  cache: ConfigCache | null;
  /** `general_settings.master_key`, in plain text: the first admin key where AO_ADMIN_KEY is not set. */
  adminKey: string | null;
  /** What the file asks for and the platform does not do, each with its path in the file. */
  warnings: string[];
}

/** One endpoint with one key: deployments that share prefix, base URL, key and organisation share it. */
export interface ConfigProvider {
  id: string;
  /** The vendor, numbered when the file has several of one. */
  name: string;
  /** The prefix of `provider/model`, as price tables know it: `openai`, `groq`, … */
  vendor: string;
  /** The connector that speaks to it. */
  kind: string;
  baseUrl: string;
  /** Resolved, in plain text: seal it before it leaves the process. */
  apiKey: string | null;
  /** `os.environ/NAME` when the key came from a variable. */
  keyReference: string | null;
  organisation: string | null;
  /** That its requests are signed for, where the address does not say so. */
  region: string | null;
}

/** A route of the operator's own: what comes in below `path` goes to `target` (GW-012). */
export interface ConfigPassThrough {
  /** With its leading slash, without one at its end. */
  path: string;
  target: string;
  /** Resolved, in plain text; lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Null: all. */
  methods: string[] | null;
  /** One request costs nothing at all; else its price is among `prices`, or it has none. */
  free: boolean;
}

/** Whose prices those of pass-throughs are, each under the name `native:{path}`. */
export const PASS_THROUGH_VENDOR = 'pass-through';

/** What a file says of the cache of answers; what is absent is as the gateway's own settings have it. */
export interface ConfigCache {
  mode: 'off' | 'default_on' | 'default_off';
  ttlMs?: number;
  ttlMsByModel?: Record<string, number>;
  ttlMsByTeam?: Record<string, number>;
  namespace?: string;
  /** Of `chat`, `completion`, `embedding`, `responses` and `messages`. */
  callTypes?: string[];
  semantic?: { embeddingModel: string; similarityMin?: number } | undefined;
}

export interface ConfigDeployment {
  id: string;
  modelGroup: string;
  providerId: string;
  model: string;
  region: string | null;
  tags: string[];
  weight: number;
  /** Lower goes first. */
  priority: number;
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
  /** Null: the router decides. */
  retriesMax: number | null;
  /** Calls at once. */
  concurrencyMax: number | null;
  /** Milliseconds; null: as its group and its provider say. */
  timeoutMs: number | null;
  firstTokenMs: number | null;
  stallMs: number | null;
  /** Continues an answer that another one began; null: as its kind of provider does. */
  continuesAnswers: boolean | null;
}

export interface ConfigAlias {
  alias: string;
  modelGroup: string;
  /** True: it works but is not listed. */
  hidden: boolean;
}

/** The prices that the file sets for a deployment, in LiteLLM's own field names, for `priceRowFromLiteLlm`. */
export interface ConfigPrice {
  deploymentId: string;
  vendor: string;
  model: string;
  info: Readonly<Record<string, unknown>>;
}
