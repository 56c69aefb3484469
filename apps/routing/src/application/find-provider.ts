import type { Actor } from '@ao/contracts';
import { requireAdmin } from '@ao/runtime';
import { readOnly } from './catalogue.js';
import type { Provider } from '../domain/provider.js';
import type { CatalogueSource, ProviderRepository } from './ports.js';
import { unknownProvider } from './provider-settings.js';

/** Finds the providers that an administrator may see: those of the organisation and those for everyone. */
export class FindProvider {
  constructor(
    private readonly providers: ProviderRepository,
    private readonly catalogue: CatalogueSource,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, providerId: string): Promise<Provider> {
    requireAdmin(actor);
    const found = this.inCatalogue(providerId) ?? (await this.providers.find(actor.orgId, providerId));
    if (!found) throw unknownProvider(providerId);
    return found;
  }

  /** One that may be changed. @throws AppError also `conflict` for one that is not managed over the API. */
  async toChange(actor: Actor, providerId: string): Promise<Provider & { orgId: string }> {
    const { orgId, source, ...found } = await this.execute(actor, providerId);
    if (source !== 'api') throw readOnly(`The provider ${found.name}`, source);
    return { ...found, source, orgId: orgId ?? actor.orgId };
  }

  /** Of whichever organisation; null when it is there no more. For the service's own work, never for a request. */
  async ofAny(providerId: string): Promise<Provider | null> {
    return this.inCatalogue(providerId) ?? (await this.providers.findOfAny(providerId));
  }

  private inCatalogue(providerId: string): Provider | undefined {
    return this.catalogue.current.providers.find(({ id }) => id === providerId);
  }
}
