import {
  createDeploymentV1,
  createProviderV1,
  deleteDeploymentV1,
  deleteProviderV1,
  getProviderV1,
  listDeploymentsV1,
  listProviderModelsV1,
  listProvidersV1,
  rotateProviderKeyV1,
  syncProviderModelsV1,
  testProviderV1,
  updateProviderV1,
  type Deployment,
  type Provider,
} from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';

const timeouts = z
  .object({
    connect_ms: z.int().min(1).max(600_000),
    first_byte_ms: z.int().min(1).max(3_600_000),
    idle_ms: z.int().min(1).max(3_600_000),
    total_ms: z.int().min(1).max(7_200_000),
  })
  .partial();
const settings = {
  name: z.string().min(1).max(200),
  kind: z.string().min(1).max(64),
  base_url: z.url().max(2_048),
  api_key: z.string().min(1).max(8_192).nullable(),
  key_ref: z.string().min(1).max(1_024).nullable(),
  vendor: z.string().min(1).max(64).nullable(),
  organisation: z.string().min(1).max(256).nullable(),
  models: z.array(z.string().min(1).max(256)).max(1_000),
  timeouts,
  connections_max: z.int().min(1).max(10_000),
  region: z.string().min(1).max(64).nullable(),
  tags: z.array(z.string().min(1).max(128)).max(50),
};
const providerBody = z.object({
  ...z.object(settings).partial().shape,
  name: settings.name,
  base_url: settings.base_url,
});
const providerPatch = z.object(settings).partial().strict();

/** Drops what was not given, and renames the rest. */
function toSettings(body: z.output<typeof providerPatch>): Record<string, unknown> {
  const {
    base_url: baseUrl,
    api_key: apiKey,
    key_ref: keyReference,
    connections_max: connectionsMax,
    ...others
  } = body;
  const { timeouts: given, ...rest } = others;
  const renamed = given && {
    connectMs: given.connect_ms,
    firstByteMs: given.first_byte_ms,
    idleMs: given.idle_ms,
    totalMs: given.total_ms,
  };
  const settled = { baseUrl, apiKey, keyReference, connectionsMax, timeouts: renamed && withoutUndefined(renamed) };
  return withoutUndefined({ ...rest, ...settled });
}

const withoutUndefined = (record: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const toProviderBody = ({ timeouts: limits, health, keyReference, ...provider }: Provider): object => ({
  ...toSnakeCase(provider),
  key_ref: keyReference,
  timeouts: toSnakeCase(limits),
  health: toSnakeCase(health),
});
const toDeploymentBody = (deployment: Deployment): object => toSnakeCase(deployment);

const limitMs = z.int().min(1).max(7_200_000).nullable().default(null);
const deploymentBody = z.object({
  model_group: z.string().min(1).max(256),
  provider_id: z.string().min(1).max(128),
  model: z.string().min(1).max(256),
  region: z.string().min(1).max(64).nullable().default(null),
  tags: z.array(z.string().min(1).max(128)).max(50).default([]),
  weight: z.int().min(0).max(1_000_000).default(1),
  priority: z.int().min(0).max(1_000_000).default(0),
  requests_per_minute_max: z.int().min(1).nullable().default(null),
  tokens_per_minute_max: z.int().min(1).nullable().default(null),
  concurrency_max: z.int().min(1).max(1_000_000).nullable().default(null),
  retries_max: z.int().min(0).max(10).nullable().default(null),
  timeout_ms: limitMs,
  first_token_ms: limitMs,
  stall_ms: limitMs,
  continues_answers: z.boolean().nullable().default(null),
  enabled: z.boolean().default(true),
});

export const routingRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/providers',
    contract: createProviderV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const given = readBody(body, providerBody);
      return { actor, ...toSettings(given), name: given.name, baseUrl: given.base_url };
    },
    toBody: ({ provider }) => toProviderBody(provider),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/providers',
    contract: listProvidersV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, z.object(pageFields)) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toProviderBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/providers/:id',
    contract: getProviderV1,
    toRequest: ({ actor, params }) => ({ actor, providerId: params['id']! }),
    toBody: ({ provider }) => toProviderBody(provider),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/v1/providers/:id',
    contract: updateProviderV1,
    toRequest: ({ actor, params, body }) => ({
      actor,
      providerId: params['id']!,
      ...toSettings(readBody(body, providerPatch)),
    }),
    toBody: ({ provider }) => toProviderBody(provider),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/providers/:id',
    contract: deleteProviderV1,
    toRequest: ({ actor, params }) => ({ actor, providerId: params['id']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/providers/:id/test',
    contract: testProviderV1,
    toRequest: ({ actor, params }) => ({ actor, providerId: params['id']! }),
    toBody: (result) => toSnakeCase(result),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/providers/:id/models',
    contract: listProviderModelsV1,
    toRequest: ({ actor, params, query }) => ({
      actor,
      providerId: params['id']!,
      ...readQuery(query, z.object(pageFields)),
    }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/providers/:id/sync',
    contract: syncProviderModelsV1,
    toRequest: ({ actor, params }) => ({ actor, providerId: params['id']! }),
    toBody: (result) => toSnakeCase(result),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/providers/:id/rotate-key',
    contract: rotateProviderKeyV1,
    toRequest: ({ actor, params }) => ({ actor, providerId: params['id']! }),
    toBody: (result) => toSnakeCase(result),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/deployments',
    contract: createDeploymentV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const given = readBody(body, deploymentBody);
      return {
        actor,
        modelGroup: given.model_group,
        providerId: given.provider_id,
        model: given.model,
        region: given.region,
        tags: given.tags,
        weight: given.weight,
        priority: given.priority,
        requestsPerMinuteMax: given.requests_per_minute_max,
        tokensPerMinuteMax: given.tokens_per_minute_max,
        concurrencyMax: given.concurrency_max,
        retriesMax: given.retries_max,
        timeoutMs: given.timeout_ms,
        firstTokenMs: given.first_token_ms,
        stallMs: given.stall_ms,
        continuesAnswers: given.continues_answers,
        enabled: given.enabled,
      };
    },
    toBody: ({ deployment }) => toDeploymentBody(deployment),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/deployments',
    contract: listDeploymentsV1,
    toRequest: ({ actor, query }) => {
      const { model_group: modelGroup, ...page } = readQuery(
        query,
        z.object({ ...pageFields, model_group: z.string().max(256).optional() }),
      );
      return { actor, ...page, ...(modelGroup !== undefined && { modelGroup }) };
    },
    toBody: ({ data, nextCursor }) => ({ data: data.map(toDeploymentBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/deployments/:id',
    contract: deleteDeploymentV1,
    toRequest: ({ actor, params }) => ({ actor, deploymentId: params['id']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
];
