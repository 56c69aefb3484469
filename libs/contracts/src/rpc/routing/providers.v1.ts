import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, name, nextCursor, page, tag, timestamp } from '../../fields.js';
import { partialTimeouts, providerTimeouts } from '../../snapshots/routing-table.js';

/** A provider as its administrators see it: the key is write-only and comes back masked. */
export const provider = z.object({
  id,
  name,
  kind: z.string().min(1).max(64),
  baseUrl: z.url().max(2_048),
  keyMasked: z.string().nullable(),
  /** `os.environ/NAME` when the key is a reference. */
  keyReference: z.string().nullable(),
  organisation: z.string().nullable(),
  models: z.array(modelName),
  timeouts: providerTimeouts,
  connectionsMax: z.int(),
  region: z.string().nullable(),
  tags: z.array(tag),
  source: z.enum(['config', 'api', 'demo']),
  /** Null for what no administrator made over the API. */
  createdAt: timestamp.nullable(),
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
  /** The key itself or a reference `os.environ/NAME`; null for none. */
  apiKey: z.string().min(1).max(4_096).nullable(),
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
