import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { RoutingTable } from '../ports.js';
import { unknownRule } from './find-rules.js';
import type { RuleRepository } from './ports.js';

/** Deletes a rule of the actor's organisation. */
export class DeleteRule {
  constructor(
    private readonly rules: RuleRepository,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, ruleId: string): Promise<void> {
    requireAdmin(actor);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'rule.delete', targetId: ruleId },
    );
    if (!(await this.rules.delete(actor.orgId, ruleId, [event]))) throw unknownRule(ruleId);
    await this.table.refresh();
  }
}
