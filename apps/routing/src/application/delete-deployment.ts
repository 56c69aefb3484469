import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { readOnly } from './catalogue.js';
import type { CatalogueSource, DeploymentRepository, RoutingTable } from './ports.js';

/** Deletes a deployment; one that stands for a model of its provider leaves the provider's list of models too. */
export class DeleteDeployment {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly catalogue: CatalogueSource,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (read-only). */
  async execute(actor: Actor, deploymentId: string): Promise<void> {
    requireAdmin(actor);
    const fixed = this.catalogue.current.deployments.find(({ id }) => id === deploymentId);
    if (fixed && fixed.source !== 'api') throw readOnly(`The deployment ${deploymentId}`, fixed.source);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'deployment.delete', targetId: deploymentId },
    );
    if (!(await this.deployments.delete(actor.orgId, deploymentId, [event]))) {
      throw new AppError('not_found', `There is no deployment ${deploymentId}.`, { param: 'id' });
    }
    await this.table.refresh();
  }
}
