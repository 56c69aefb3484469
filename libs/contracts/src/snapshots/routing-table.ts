import { z } from 'zod';
import { defineSnapshot } from '../define.js';
import { id, modelName, name, tag } from '../fields.js';
import { runningExperiment } from '../experiments.js';
import { ownedRouterSettings } from '../router-settings.js';
import { routingRule } from '../routing-rules.js';

const limitMs = z.int().min(1).max(7_200_000);

/** One configured provider model that serves a model group. */
export const deployment = z.object({
  id,
  /** The organisation that may use it; null: all may. */
  orgId: id.nullable().optional().default(null),
  /** The name that callers use: `model_name` of AO_CONFIG. */
  modelGroup: modelName,
  providerId: id,
  /** The provider's own name for the model. */
  model: modelName,
  region: z.string().max(64).nullable().optional().default(null),
  tags: z.array(tag).max(50).optional().default([]),
  weight: z.int().min(0).max(1_000_000).optional().default(1),
  priority: z.int().min(0).max(1_000_000).optional().default(0),
  requestsPerMinuteMax: z.int().min(1).nullable().optional().default(null),
  tokensPerMinuteMax: z.int().min(1).nullable().optional().default(null),
  /** Retries at this deployment before the next candidate; null: the router decides. */
  retriesMax: z.int().min(0).max(10).nullable().optional().default(null),
  /** Calls at once; null: no limit. */
  concurrencyMax: z.int().min(1).max(1_000_000).nullable().optional().default(null),
  /** Milliseconds of one attempt; null: the group's policy, then the provider's limits. */
  timeoutMs: limitMs.nullable().optional().default(null),
  /** Milliseconds until the first token of a stream. */
  firstTokenMs: limitMs.nullable().optional().default(null),
  /** Milliseconds between two pieces of a stream. */
  stallMs: limitMs.nullable().optional().default(null),
  /** Continues an answer that another one began (BX-006); null: as its kind of provider does. */
  continuesAnswers: z.boolean().nullable().optional().default(null),
  enabled: z.boolean().optional().default(true),
  /** `config` and `demo` are read-only. */
  source: z.enum(['config', 'api', 'demo']),
});
export type Deployment = z.output<typeof deployment>;

/** Milliseconds; what is absent keeps its value or takes the default. */
export const partialTimeouts = z
  .object({
    connectMs: z.int().min(1).max(600_000),
    firstByteMs: z.int().min(1).max(3_600_000),
    idleMs: z.int().min(1).max(3_600_000),
    totalMs: z.int().min(1).max(7_200_000),
  })
  .partial();

export const providerTimeouts = z.object({
  connectMs: partialTimeouts.shape.connectMs.unwrap().optional().default(5_000),
  firstByteMs: partialTimeouts.shape.firstByteMs.unwrap().optional().default(120_000),
  idleMs: partialTimeouts.shape.idleMs.unwrap().optional().default(60_000),
  totalMs: partialTimeouts.shape.totalMs.unwrap().optional().default(600_000),
});
export type ProviderTimeouts = z.output<typeof providerTimeouts>;

/** A provider as the gateway needs it; its key is sealed with the master key (`@ao/config` seal.ts). */
export const routedProvider = z.object({
  id,
  name,
  /** The connector: a kind of `@ao/providers`. */
  kind: z.string().min(1).max(64),
  /** Whose prices hold for it: `openai`, `groq`, … as price tables know them; null when nobody published any. */
  vendor: z.string().max(64).nullable().optional().default(null),
  baseUrl: z.url().max(2_048),
  sealedKey: z.string().max(8_192).nullable(),
  organisation: z.string().max(256).nullable().optional().default(null),
  timeouts: providerTimeouts,
  connectionsMax: z.int().min(1).max(10_000).optional().default(256),
  region: z.string().max(64).nullable().optional().default(null),
  /** Where its connections may lead: absent or `any` for the operator's own; `private` or `public` for what came over the API. */
  reach: z.enum(['any', 'private', 'public']).optional(),
  /** False after failed checks: its deployments are left out while others of their group are healthy. */
  healthy: z.boolean().optional().default(true),
});
export type RoutedProvider = z.output<typeof routedProvider>;

export const modelAlias = z.object({
  /** The organisation that may use it; null: all may. One's own comes before one for all. */
  orgId: id.nullable().optional().default(null),
  alias: modelName,
  modelGroup: modelName,
  hidden: z.boolean().optional().default(false),
});
export type ModelAlias = z.output<typeof modelAlias>;

export const deploymentExample: z.input<typeof deployment> = {
  id: 'dep_1',
  modelGroup: 'gpt-4o',
  providerId: 'prv_1',
  model: 'gpt-4o',
  source: 'config',
};

/** Everything the gateway needs to choose a deployment and to call it. */
export const routingTableSnapshot = defineSnapshot({
  name: 'snap.routing.table',
  owner: 'routing',
  value: z.object({
    version: z.int().min(0),
    providers: z.array(routedProvider),
    deployments: z.array(deployment),
    aliases: z.array(modelAlias),
    /** The platform's, and those of organisations. */
    settings: z.array(ownedRouterSettings).optional().default([]),
    rules: z.array(routingRule).optional().default([]),
    /** Those that run. */
    experiments: z.array(runningExperiment).optional().default([]),
  }),
  example: {
    version: 1,
    providers: [
      {
        id: 'prv_1',
        name: 'openai',
        kind: 'openai',
        baseUrl: 'https://api.openai.com/v1',
        sealedKey: null,
        timeouts: {},
      },
    ],
    deployments: [deploymentExample],
    aliases: [{ alias: 'fast', modelGroup: 'gpt-4o' }],
  },
});
