import { routingActionPerformedV1, type RequestOf, type updateProviderV1 } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { listedDeployment } from '../domain/deployment.js';
import { modelSet, type Provider } from '../domain/provider.js';
import type { BaseUrlGuard } from './base-url-guard.js';
import type { RoutingLimits } from './create-provider.js';
import type { FindProvider } from './find-provider.js';
import type { DeploymentRepository, ProviderRepository, RoutingTable } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';
import { checkKind, checkRoom, nameTaken, unknownProvider } from './provider-settings.js';
import { vendorOf } from './vendor-of.js';

type Request = RequestOf<typeof updateProviderV1>;

/** Changes what the request names of a provider; the rest stays. */
export class UpdateProvider {
  constructor(
    private readonly finder: FindProvider,
    private readonly providers: ProviderRepository,
    private readonly deployments: DeploymentRepository,
    private readonly guard: BaseUrlGuard,
    private readonly keys: ProviderKeys,
    private readonly table: RoutingTable,
    private readonly limits: RoutingLimits,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (read-only, name, too many). */
  async execute(request: Request): Promise<Provider> {
    const { actor, providerId } = request;
    const present = await this.finder.toChange(actor, providerId);
    const changed = await this.apply(present, request);
    const added = changed.models.filter((model) => !present.models.includes(model)).length;
    checkRoom('deployments', (await this.deployments.count(actor.orgId)) + added, this.limits.deploymentsMax);
    const listed = changed.models.map((model) => listedDeployment(changed, this.ids.next('dep'), model));
    const fields = Object.keys(request).filter((field) => field !== 'actor' && field !== 'providerId');
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'provider.update', targetId: providerId, metadata: { fields: fields.join(',') } },
    );
    const outcome = await this.providers.update(changed, listed, [event]);
    if (outcome === 'name_taken') throw nameTaken(changed.name);
    if (outcome === 'gone') throw unknownProvider(providerId);
    await this.table.refresh();
    return changed;
  }

  private async apply(present: Provider & { orgId: string }, request: Request): Promise<Provider> {
    const { actor, providerId: _id, apiKey, keyReference, vendor, timeouts, models, ...rest } = request;
    const fields = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const merged: Provider = { ...present, ...fields };
    checkKind(merged.kind);
    if (merged.baseUrl !== present.baseUrl) merged.baseUrl = await this.guard.check(merged.baseUrl);
    const keepsKey = apiKey === undefined && keyReference === undefined;
    if (keepsKey) refuseToMoveKey(present, merged.baseUrl);
    const vendorGiven = vendor === undefined ? present.vendorGiven : vendor;
    return {
      ...merged,
      vendor: vendorGiven ?? vendorOf(merged.kind, merged.baseUrl),
      vendorGiven,
      key: keepsKey ? present.key : this.keys.take(actor.orgId, { apiKey, keyReference }),
      timeouts: { ...present.timeouts, ...timeouts },
      models: models ? modelSet(models) : present.models,
    };
  }
}

/** A key is write-only. Whoever could send it to an address of their own could read it. */
function refuseToMoveKey({ key, baseUrl }: Provider, to: string): void {
  const hasKey = key.sealed !== null || key.reference !== null;
  if (!hasKey || new URL(baseUrl).origin === new URL(to).origin) return;
  throw new AppError('invalid_parameter', 'The base URL names another server: give the api_key for it too, or null.', {
    param: 'api_key',
  });
}
