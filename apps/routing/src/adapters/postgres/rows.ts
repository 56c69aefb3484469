import { partialTimeouts } from '@ao/contracts';
import { vendorOf } from '../../application/vendor-of.js';
import type { Alias, Deployment } from '../../domain/deployment.js';
import { modelSet, type Provider } from '../../domain/provider.js';
import type { Prisma } from './generated/client.js';
import type { Health } from '../../domain/health.js';
import type { KeyState } from '../../application/ports.js';
import type { DeploymentModel, ModelAliasModel, ProviderModel, ProviderWatchModel } from './generated/models.js';

/** Reads a provider together with the models of its listed deployments. */
export const withModels = {
  deployments: { where: { listed: true }, select: { model: true } },
} as const satisfies Prisma.ProviderInclude;

export type ProviderRow = ProviderModel & { deployments: { model: string }[] };

export function toProvider(row: ProviderRow): Provider {
  const { sealedKey: sealed, keyMasked: masked, keyReference: reference, createdAt, deployments, ...rest } = row;
  return {
    ...rest,
    vendor: row.vendor ?? vendorOf(row.kind, row.baseUrl),
    vendorGiven: row.vendor,
    key: { sealed, masked, reference },
    timeouts: partialTimeouts.parse(row.timeouts),
    models: modelSet(deployments.map(({ model }) => model)),
    source: 'api',
    createdAtMs: createdAt.getTime(),
  };
}

/** What a provider's row holds beside its id, organisation and age. */
export function settingsOf(provider: Provider) {
  const { name, kind, baseUrl, key, organisation, vendorGiven, timeouts, connectionsMax, region, tags } = provider;
  return {
    name,
    kind,
    baseUrl,
    sealedKey: key.sealed,
    keyMasked: key.masked,
    keyReference: key.reference,
    organisation,
    vendor: vendorGiven,
    timeouts: { ...timeouts },
    connectionsMax,
    region,
    tags,
  };
}

export function toDeployment({ listed: _listed, ...row }: DeploymentModel): Deployment {
  return {
    ...row,
    requestsPerMinuteMax: row.requestsPerMinuteMax === null ? null : Number(row.requestsPerMinuteMax),
    tokensPerMinuteMax: row.tokensPerMinuteMax === null ? null : Number(row.tokensPerMinuteMax),
    source: 'api',
  };
}

/** @throws when the deployment is the platform's: that is never stored. */
export function toDeploymentRow({ source, orgId, ...deployment }: Deployment, listed: boolean): DeploymentModel {
  if (orgId === null || source !== 'api')
    throw new TypeError(`deployment ${deployment.id} is not an organisation's own`);
  return {
    ...deployment,
    orgId,
    requestsPerMinuteMax: deployment.requestsPerMinuteMax === null ? null : BigInt(deployment.requestsPerMinuteMax),
    tokensPerMinuteMax: deployment.tokensPerMinuteMax === null ? null : BigInt(deployment.tokensPerMinuteMax),
    listed,
  };
}

export const toAlias = (row: ModelAliasModel): Alias => row;

export const toHealth = (row: ProviderWatchModel): Health => ({
  healthy: row.healthy,
  streak: row.healthStreak,
  reason: row.healthReason,
  latencyMs: row.healthLatencyMs,
  checkedAtMs: row.healthCheckedAt?.getTime() ?? null,
});

export function toKeyState({ keyReference: reference, sealedKey: sealed, keyFailure: failure }: WatchedKey): KeyState {
  return { copy: reference === null || sealed === null ? null : { reference, sealed }, failure };
}

type WatchedKey = Pick<ProviderWatchModel, 'keyReference' | 'sealedKey' | 'keyFailure'>;
