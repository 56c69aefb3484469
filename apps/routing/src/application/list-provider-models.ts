import type { Actor } from '@ao/contracts';
import type { FindProvider } from './find-provider.js';
import type { CatalogueSource, DeploymentRepository, FindingRepository, PageOf, SeenModel } from './ports.js';

/** Lists the models that a provider was seen to have, and which of them are deployed for the actor's organisation. */
export class ListProviderModels {
  constructor(
    private readonly finder: FindProvider,
    private readonly deployments: DeploymentRepository,
    private readonly catalogue: CatalogueSource,
    private readonly findings: FindingRepository,
  ) {}

  /** By name, at most `limit`. @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, providerId: string, page: PageOf): Promise<(SeenModel & { deployed: boolean })[]> {
    await this.finder.execute(actor, providerId);
    const fixed = this.catalogue.current.deployments.filter((deployment) => deployment.providerId === providerId);
    const own = await this.deployments.modelsOf(actor.orgId, providerId);
    const deployed = new Set([...fixed.map(({ model }) => model), ...own]);
    const seen = await this.findings.listModels(providerId, page);
    return seen.map((model) => ({ ...model, deployed: deployed.has(model.id) }));
  }
}
