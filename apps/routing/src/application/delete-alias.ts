import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { readOnly } from './catalogue.js';
import type { AliasRepository, CatalogueSource, RoutingTable } from './ports.js';

/** Deletes an alias of the actor's organisation; one of AO_CONFIG of the same name shows again. */
export class DeleteAlias {
  constructor(
    private readonly aliases: AliasRepository,
    private readonly catalogue: CatalogueSource,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (read-only). */
  async execute(actor: Actor, alias: string): Promise<void> {
    requireAdmin(actor);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'alias.delete', targetId: alias },
    );
    if (!(await this.aliases.delete(actor.orgId, alias, [event]))) {
      const fixed = this.catalogue.current.aliases.some((each) => each.alias === alias);
      throw fixed
        ? readOnly(`The alias ${alias}`, 'config')
        : new AppError('not_found', `There is no alias ${alias}.`, { param: 'alias' });
    }
    await this.table.refresh();
  }
}
