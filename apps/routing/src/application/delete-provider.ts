import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import type { FindProvider } from './find-provider.js';
import type { ProviderRepository, RoutingTable } from './ports.js';
import { unknownProvider } from './provider-settings.js';

/** Deletes a provider with its key and its deployments. */
export class DeleteProvider {
  constructor(
    private readonly finder: FindProvider,
    private readonly providers: ProviderRepository,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (read-only). */
  async execute(actor: Actor, providerId: string): Promise<void> {
    const { name } = await this.finder.toChange(actor, providerId);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'provider.delete', targetId: providerId, metadata: { name } },
    );
    if (!(await this.providers.delete(actor.orgId, providerId, [event]))) throw unknownProvider(providerId);
    await this.table.refresh();
  }
}
