import type { Actor } from '@ao/contracts';
import { requireAdmin } from '@ao/runtime';
import type { Alias, Deployment } from '../domain/deployment.js';
import type { Provider } from '../domain/provider.js';
import type { AliasRepository, CatalogueSource, DeploymentRepository, PageOf, ProviderRepository } from './ports.js';

/** Lists what an organisation has together with what everyone has, in one order. */
export class ListRouting {
  constructor(
    private readonly providers: ProviderRepository,
    private readonly deployments: DeploymentRepository,
    private readonly aliases: AliasRepository,
    private readonly catalogue: CatalogueSource,
  ) {}

  /** Newest id first, at most `limit`. @throws AppError `permission_denied`. */
  async listProviders(actor: Actor, page: PageOf): Promise<Provider[]> {
    requireAdmin(actor);
    return merge(this.catalogue.current.providers, await this.providers.list(actor.orgId, page), page);
  }

  /** Newest id first, at most `limit`. */
  async listDeployments(actor: Actor, page: PageOf, modelGroup: string | undefined): Promise<Deployment[]> {
    const fixed = this.catalogue.current.deployments.filter(
      (deployment) => modelGroup === undefined || deployment.modelGroup === modelGroup,
    );
    return merge(fixed, await this.deployments.list(actor.orgId, page, modelGroup), page);
  }

  /** By name, at most `limit`; one's own hides one for everyone. */
  async listAliases(actor: Actor, { limit, after }: PageOf): Promise<Alias[]> {
    const own = await this.aliases.list(actor.orgId);
    const byName = new Map([...this.catalogue.current.aliases, ...own].map((alias) => [alias.alias, alias]));
    const sorted = [...byName.values()].sort((a, b) => compare(a.alias, b.alias));
    return sorted.filter(({ alias }) => after === undefined || alias > after).slice(0, limit);
  }
}

/** A page of two lists that are both in falling order of ids; `stored` begins after the cursor already. */
function merge<T extends { id: string }>(fixed: readonly T[], stored: T[], { limit, after }: PageOf): T[] {
  const rest = fixed.filter(({ id }) => after === undefined || id < after);
  return [...rest, ...stored].sort((a, b) => compare(b.id, a.id)).slice(0, limit);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
