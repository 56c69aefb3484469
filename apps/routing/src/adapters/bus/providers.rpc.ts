import { Responds } from '@ao/bus';
import {
  createProviderV1,
  deleteProviderV1,
  getProviderV1,
  listProvidersV1,
  providerTimeouts,
  testProviderV1,
  updateProviderV1,
  type Provider as ProviderMessage,
  type ProviderHealthStatus,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { CreateProvider } from '../../application/create-provider.js';
import { DeleteProvider } from '../../application/delete-provider.js';
import { FindProvider } from '../../application/find-provider.js';
import { ListRouting } from '../../application/list-routing.js';
import { ReadHealth } from '../../application/read-health.js';
import { TestProvider } from '../../application/test-provider.js';
import { UpdateProvider } from '../../application/update-provider.js';
import { NEVER_CHECKED, type Health } from '../../domain/health.js';
import type { Provider } from '../../domain/provider.js';

@Controller()
export class ProvidersRpc {
  constructor(
    private readonly createProvider: CreateProvider,
    private readonly updateProvider: UpdateProvider,
    private readonly deleteProvider: DeleteProvider,
    private readonly testProvider: TestProvider,
    private readonly findProvider: FindProvider,
    private readonly listRouting: ListRouting,
    private readonly readHealth: ReadHealth,
  ) {}

  @Responds(createProviderV1)
  async create(request: RequestOf<typeof createProviderV1>): Promise<ResponseOf<typeof createProviderV1>> {
    return { provider: toMessage(await this.createProvider.execute(request)) };
  }

  @Responds(listProvidersV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listProvidersV1>): Promise<ResponseOf<typeof listProvidersV1>> {
    const rows = await this.listRouting.listProviders(actor, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, ({ id }) => id);
    const health = await this.readHealth.of(page.data);
    return { ...page, data: page.data.map((provider) => toMessage(provider, health.get(provider.id))) };
  }

  @Responds(getProviderV1)
  async get({ actor, providerId }: RequestOf<typeof getProviderV1>): Promise<ResponseOf<typeof getProviderV1>> {
    const provider = await this.findProvider.execute(actor, providerId);
    const health = await this.readHealth.of([provider]);
    return { provider: toMessage(provider, health.get(providerId)) };
  }

  @Responds(updateProviderV1)
  async update(request: RequestOf<typeof updateProviderV1>): Promise<ResponseOf<typeof updateProviderV1>> {
    return { provider: toMessage(await this.updateProvider.execute(request)) };
  }

  @Responds(deleteProviderV1)
  async delete({
    actor,
    providerId,
  }: RequestOf<typeof deleteProviderV1>): Promise<ResponseOf<typeof deleteProviderV1>> {
    await this.deleteProvider.execute(actor, providerId);
    return { deleted: true };
  }

  @Responds(testProviderV1)
  test({ actor, providerId }: RequestOf<typeof testProviderV1>): Promise<ResponseOf<typeof testProviderV1>> {
    return this.testProvider.execute(actor, providerId);
  }
}

/** A provider without what only the platform may know: the key goes out masked, or as the name of where it is. */
function toMessage(
  { orgId: _orgId, vendorGiven: _vendorGiven, key, timeouts, createdAtMs, ...provider }: Provider,
  health: Health = NEVER_CHECKED,
): ProviderMessage {
  return {
    ...provider,
    keyMasked: key.masked,
    keyReference: key.reference,
    timeouts: providerTimeouts.parse(timeouts),
    health: toHealthMessage(health),
    createdAt: toTimestamp(createdAtMs),
  };
}

const toHealthMessage = ({ healthy, reason, latencyMs, checkedAtMs }: Health): ProviderHealthStatus => ({
  status: healthy === null ? 'unknown' : healthy ? 'healthy' : 'unhealthy',
  reason,
  checkedAt: checkedAtMs === null ? null : toTimestamp(checkedAtMs),
  latencyMs,
});

const toTimestamp = (timeMs: number): string => new Date(timeMs).toISOString();
