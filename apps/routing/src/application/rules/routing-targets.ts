import { AppError } from '@ao/kernel';
import type { CatalogueSource } from '../ports.js';
import type { TargetRepository } from './ports.js';

/** Knows what an organisation may send calls to: its own and everybody's. */
export class RoutingTargets {
  constructor(
    private readonly stored: TargetRepository,
    private readonly catalogue: CatalogueSource,
  ) {}

  /** @throws AppError `invalid_parameter` that names a model which no deployment or alias serves. */
  async checkModels(orgId: string, names: readonly string[], param: string): Promise<void> {
    const { deployments, aliases } = this.catalogue.current;
    const known = new Set([
      ...deployments.map(({ modelGroup }) => modelGroup),
      ...aliases.map(({ alias }) => alias),
      ...(await this.stored.modelsAmong(orgId, [...names])),
    ]);
    const missing = names.find((name) => !known.has(name));
    if (missing !== undefined) {
      throw unknown(`No deployment or alias of the organisation or the platform is named ${missing}.`, param);
    }
  }

  /** @throws AppError `invalid_parameter`. */
  async checkProvider(orgId: string, nameOrId: string, param: string): Promise<void> {
    const shared = this.catalogue.current.providers.some(({ id, name }) => id === nameOrId || name === nameOrId);
    if (shared || (await this.stored.hasProvider(orgId, nameOrId))) return;
    throw unknown(`There is no provider ${nameOrId}.`, param);
  }

  /** @throws AppError `invalid_parameter` that names a deployment which is not there. */
  async checkDeployments(orgId: string, ids: readonly string[], param: string): Promise<void> {
    const known = new Set([
      ...this.catalogue.current.deployments.map(({ id }) => id),
      ...(await this.stored.deploymentsAmong(orgId, [...ids])),
    ]);
    const missing = ids.find((id) => !known.has(id));
    if (missing !== undefined) throw unknown(`There is no deployment ${missing}.`, param);
  }
}

const unknown = (message: string, param: string): AppError => new AppError('invalid_parameter', message, { param });
