import { routingActionPerformedV1, type RequestOf, type setAliasV1 } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Alias } from '../domain/deployment.js';
import type { RoutingLimits } from './create-provider.js';
import type { AliasRepository, RoutingTable } from './ports.js';
import { checkRoom } from './provider-settings.js';

/** Makes an alias of the actor's organisation, or turns it to another model group. */
export class SetAlias {
  constructor(
    private readonly aliases: AliasRepository,
    private readonly table: RoutingTable,
    private readonly limits: RoutingLimits,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (alias of itself), `conflict` (too many). */
  async execute({ actor, alias, modelGroup, hidden }: RequestOf<typeof setAliasV1>): Promise<Alias> {
    requireAdmin(actor);
    if (alias === modelGroup) {
      throw new AppError('invalid_parameter', 'An alias must name another model.', { param: 'model' });
    }
    const present = await this.aliases.list(actor.orgId);
    const others = present.filter((each) => each.alias !== alias).length;
    checkRoom('aliases', others + 1, this.limits.aliasesMax);
    const made = { orgId: actor.orgId, alias, modelGroup, hidden };
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'alias.set', targetId: alias, metadata: { modelGroup } },
    );
    await this.aliases.set(made, [event]);
    await this.table.refresh();
    return made;
  }
}
