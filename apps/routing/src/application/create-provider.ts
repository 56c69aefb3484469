import { routingActionPerformedV1, type createProviderV1, type RequestOf } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { listedDeployment } from '../domain/deployment.js';
import { modelSet, type Provider } from '../domain/provider.js';
import type { BaseUrlGuard } from './base-url-guard.js';
import type { DeploymentRepository, ProviderRepository, RoutingTable } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';
import { checkKind, checkRoom, nameTaken } from './provider-settings.js';
import { vendorOf } from './vendor-of.js';

export interface RoutingLimits {
  providersMax: number;
  deploymentsMax: number;
  aliasesMax: number;
}

/** Adds a provider to the actor's organisation, with a deployment for each of its models. */
export class CreateProvider {
  constructor(
    private readonly providers: ProviderRepository,
    private readonly deployments: DeploymentRepository,
    private readonly guard: BaseUrlGuard,
    private readonly keys: ProviderKeys,
    private readonly table: RoutingTable,
    private readonly limits: RoutingLimits,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (kind, base_url, key), `conflict` (name taken, too many). */
  async execute({
    actor,
    apiKey,
    keyReference,
    vendor,
    ...request
  }: RequestOf<typeof createProviderV1>): Promise<Provider> {
    requireAdmin(actor);
    checkKind(request.kind);
    const models = modelSet(request.models);
    await this.checkRooms(actor.orgId, models.length);
    const baseUrl = await this.guard.check(request.baseUrl);
    const provider: Provider = {
      ...request,
      id: this.ids.next('prv'),
      orgId: actor.orgId,
      vendor: vendor ?? vendorOf(request.kind, baseUrl),
      vendorGiven: vendor,
      baseUrl,
      key: this.keys.take(actor.orgId, { apiKey, keyReference }),
      models,
      source: 'api',
      createdAtMs: this.clock.nowMs(),
    };
    const listed = models.map((model) => listedDeployment(provider, this.ids.next('dep'), model));
    const metadata = { name: provider.name, kind: provider.kind, baseUrl: baseUrl.slice(0, 512) };
    const action = { action: 'provider.create', targetId: provider.id, metadata };
    const event = auditEvent(routingActionPerformedV1, { actor, clock: this.clock, ids: this.ids }, action);
    if (!(await this.providers.insert(provider, listed, [event]))) throw nameTaken(provider.name);
    await this.table.refresh();
    return provider;
  }

  private async checkRooms(orgId: string, models: number): Promise<void> {
    checkRoom('providers', (await this.providers.count(orgId)) + 1, this.limits.providersMax);
    checkRoom('deployments', (await this.deployments.count(orgId)) + models, this.limits.deploymentsMax);
  }
}
