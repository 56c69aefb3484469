import { routingActionPerformedV1, type createDeploymentV1, type RequestOf } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import type { Deployment } from '../domain/deployment.js';
import type { RoutingLimits } from './create-provider.js';
import type { FindProvider } from './find-provider.js';
import type { DeploymentRepository, RoutingTable } from './ports.js';
import { checkRoom, unknownProvider } from './provider-settings.js';

/** Lets a provider of the actor's organisation serve a model group. */
export class CreateDeployment {
  constructor(
    private readonly finder: FindProvider,
    private readonly deployments: DeploymentRepository,
    private readonly table: RoutingTable,
    private readonly limits: RoutingLimits,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found` (provider), `conflict` (read-only provider, too many). */
  async execute({ actor, ...request }: RequestOf<typeof createDeploymentV1>): Promise<Deployment> {
    const provider = await this.finder.toChange(actor, request.providerId);
    checkRoom('deployments', (await this.deployments.count(actor.orgId)) + 1, this.limits.deploymentsMax);
    const deployment: Deployment = {
      ...request,
      id: this.ids.next('dep'),
      orgId: actor.orgId,
      region: request.region ?? provider.region,
      source: 'api',
    };
    const { modelGroup, model, providerId } = deployment;
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'deployment.create', targetId: deployment.id, metadata: { modelGroup, model, providerId } },
    );
    if (!(await this.deployments.insert(deployment, [event]))) throw unknownProvider(providerId);
    await this.table.refresh();
    return deployment;
  }
}
