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
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { CreateProvider } from '../../application/create-provider.js';
import { DeleteProvider } from '../../application/delete-provider.js';
import { FindProvider } from '../../application/find-provider.js';
import { ListRouting } from '../../application/list-routing.js';
import { TestProvider } from '../../application/test-provider.js';
import { UpdateProvider } from '../../application/update-provider.js';
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
  ) {}

  @Responds(createProviderV1)
  async create(request: RequestOf<typeof createProviderV1>): Promise<ResponseOf<typeof createProviderV1>> {
    return { provider: toMessage(await this.createProvider.execute(request)) };
  }

  @Responds(listProvidersV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listProvidersV1>): Promise<ResponseOf<typeof listProvidersV1>> {
    const rows = await this.listRouting.listProviders(actor, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, ({ id }) => id);
    return { ...page, data: page.data.map(toMessage) };
  }

  @Responds(getProviderV1)
  async get({ actor, providerId }: RequestOf<typeof getProviderV1>): Promise<ResponseOf<typeof getProviderV1>> {
    return { provider: toMessage(await this.findProvider.execute(actor, providerId)) };
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

/** A provider without what only the platform may know: the key goes out masked, or as the name of its variable. */
function toMessage({
  orgId: _orgId,
  vendor: _vendor,
  key,
  timeouts,
  createdAtMs,
  ...provider
}: Provider): ProviderMessage {
  return {
    ...provider,
    keyMasked: key.masked,
    keyReference: key.reference,
    timeouts: providerTimeouts.parse(timeouts),
    createdAt: new Date(createdAtMs).toISOString(),
  };
}
