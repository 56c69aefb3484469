import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, name, nextCursor, page, tag, timestamp } from '../../fields.js';
import { partialTimeouts, providerTimeouts } from '../../snapshots/routing-table.js';

/** What the last checks of a provider found. */
export const providerHealth = z.object({
  status: z.enum(['unknown', 'healthy', 'unhealthy']),
  /** Why the last check failed; null when it did not. */
  reason: z.string().nullable(),
  checkedAt: timestamp.nullable(),
  latencyMs: z.number().nullable(),
});
export type ProviderHealthStatus = z.output<typeof providerHealth>;

const NEVER_CHECKED = { status: 'unknown', reason: null, checkedAt: null, latencyMs: null } as const;

/** A provider as its administrators see it: the key is write-only and comes back masked. */
export const provider = z.object({
  id,
  name,
  kind: z.string().min(1).max(64),
  baseUrl: z.url().max(2_048),
  keyMasked: z.string().nullable(),
  /** `os.environ/NAME` or `file:/path` when the key is a reference. */
  keyReference: z.string().nullable(),
  /** Whose prices hold for it. */
  vendor: z.string().max(64).nullable().optional().default(null),
  health: providerHealth.optional().default(NEVER_CHECKED),
  organisation: z.string().nullable(),
  models: z.array(modelName),
  timeouts: providerTimeouts,
  connectionsMax: z.int(),
  region: z.string().nullable(),
  tags: z.array(tag),
  source: z.enum(['config', 'api', 'demo']),
  /** For one of AO_CONFIG: when this process read it. */
  createdAt: timestamp,
});
export type Provider = z.output<typeof provider>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const providerExample: z.input<typeof provider> = {
  id: 'prv_1',
  name: 'openai',
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  keyMasked: 'sk-****7f3a',
  keyReference: null,
  organisation: null,
  models: ['gpt-4o'],
  timeouts: {},
  connectionsMax: 256,
  region: null,
  tags: [],
  source: 'api',
  createdAt: '2026-01-01T00:00:00.000Z',
};

const settable = {
  name,
  kind: z.string().min(1).max(64),
  baseUrl: z.url().max(2_048),
  /** The key itself or a reference `os.environ/NAME`; null for none. Sealed it has 8,192 characters at most. */
  apiKey: z.string().min(1).max(8_192).nullable(),
  /** Instead of `apiKey`, where the key is to be found: `os.environ/NAME` or `file:/path`. */
  keyReference: z.string().min(1).max(1_024).nullable(),
  /** Whose prices hold for it; null: its kind and host tell. */
  vendor: z.string().min(1).max(64).nullable(),
  organisation: z.string().min(1).max(256).nullable(),
  /** Each becomes a deployment of a model group of the same name. */
  models: z.array(modelName).max(1_000),
  timeouts: partialTimeouts,
  connectionsMax: z.int().min(1).max(10_000),
  region: z.string().min(1).max(64).nullable(),
  tags: z.array(tag).max(50),
};

export const createProviderV1 = defineRpc({
  subject: 'rpc.routing.create-provider.v1',
  owner: 'routing',
  request: z.object({
    actor,
    name: settable.name,
    kind: settable.kind.optional().default('openai'),
    baseUrl: settable.baseUrl,
    apiKey: settable.apiKey.optional().default(null),
    keyReference: settable.keyReference.optional().default(null),
    vendor: settable.vendor.optional().default(null),
    organisation: settable.organisation.optional().default(null),
    models: settable.models.optional().default([]),
    timeouts: settable.timeouts.optional().default({}),
    connectionsMax: settable.connectionsMax.optional().default(256),
    region: settable.region.optional().default(null),
    tags: settable.tags.optional().default([]),
  }),
  response: z.object({ provider }),
  example: {
    request: { actor: actorExample, name: 'openai', baseUrl: 'https://api.openai.com/v1' },
    response: { provider: providerExample },
  },
});

export const listProvidersV1 = defineRpc({
  subject: 'rpc.routing.list-providers.v1',
  owner: 'routing',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(provider), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [providerExample], nextCursor: null } },
});

export const getProviderV1 = defineRpc({
  subject: 'rpc.routing.get-provider.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id }),
  response: z.object({ provider }),
  example: { request: { actor: actorExample, providerId: 'prv_1' }, response: { provider: providerExample } },
});

export const updateProviderV1 = defineRpc({
  subject: 'rpc.routing.update-provider.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id, ...z.object(settable).partial().shape }),
  response: z.object({ provider }),
  example: {
    request: { actor: actorExample, providerId: 'prv_1', models: ['gpt-4o'] },
    response: { provider: providerExample },
  },
});

export const deleteProviderV1 = defineRpc({
  subject: 'rpc.routing.delete-provider.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, providerId: 'prv_1' }, response: { deleted: true } },
});

/** One cheap call (the model list) with the stored key. A refusal is an answer, not an error. */
export const testProviderV1 = defineRpc({
  subject: 'rpc.routing.test-provider.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id }),
  response: z.object({
    ok: z.boolean(),
    latencyMs: z.number(),
    /** Why it failed; null when it did not. */
    reason: z.string().nullable(),
    models: z.array(modelName).max(10_000),
  }),
  deadlineMs: 15_000,
  example: {
    request: { actor: actorExample, providerId: 'prv_1' },
    response: { ok: false, latencyMs: 80, reason: 'the provider refused the key (401)', models: [] },
  },
});

/** A model that a provider has listed. That it is there deploys nothing. */
export const providerModel = z.object({
  id: modelName,
  firstSeenAt: timestamp,
  /** Since when the provider lists it no more; null: it does. */
  vanishedAt: timestamp.nullable(),
  /** Whether a deployment that the actor may see serves it. */
  deployed: z.boolean(),
});
export type ProviderModel = z.output<typeof providerModel>;

/** By name. */
export const listProviderModelsV1 = defineRpc({
  subject: 'rpc.routing.list-provider-models.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id, ...page }),
  response: z.object({ data: z.array(providerModel), nextCursor }),
  example: {
    request: { actor: actorExample, providerId: 'prv_1' },
    response: {
      data: [{ id: 'gpt-4o', firstSeenAt: '2026-01-01T00:00:00.000Z', vanishedAt: null, deployed: true }],
      nextCursor: null,
    },
  },
});

/** Asks the provider for its models now and records which are new and which are gone. A refusal is an answer. */
export const syncProviderModelsV1 = defineRpc({
  subject: 'rpc.routing.sync-provider-models.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id }),
  response: z.object({
    ok: z.boolean(),
    /** Why it failed; null when it did not. */
    reason: z.string().nullable(),
    /** How many models the provider lists, how many of them were not listed before, and how many are gone. */
    listed: z.int().min(0),
    appeared: z.int().min(0),
    vanished: z.int().min(0),
  }),
  deadlineMs: 15_000,
  example: {
    request: { actor: actorExample, providerId: 'prv_1' },
    response: { ok: true, reason: null, listed: 12, appeared: 1, vanished: 0 },
  },
});

/** Reads a key that is kept by reference again. */
export const rotateProviderKeyV1 = defineRpc({
  subject: 'rpc.routing.rotate-provider-key.v1',
  owner: 'routing',
  request: z.object({ actor, providerId: id }),
  response: z.object({
    /** `failed`: the source gave no key, the old one stays. */
    outcome: z.enum(['rotated', 'unchanged', 'failed']),
    reason: z.string().nullable(),
  }),
  deadlineMs: 5_000,
  example: {
    request: { actor: actorExample, providerId: 'prv_1' },
    response: { outcome: 'rotated', reason: null },
  },
});
