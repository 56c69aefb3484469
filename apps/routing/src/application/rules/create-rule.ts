import { routingActionPerformedV1, type createRuleV1, type RequestOf } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Rule } from './rule.js';
import type { RoutingTable } from '../ports.js';
import { checkRoom } from '../provider-settings.js';
import { checkRule } from './check-rule.js';
import type { RuleRepository } from './ports.js';
import type { RoutingTargets } from './routing-targets.js';

/** Adds a rule to the actor's organisation. */
export class CreateRule {
  constructor(
    private readonly rules: RuleRepository,
    private readonly targets: RoutingTargets,
    private readonly table: RoutingTable,
    private readonly rulesMax: number,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter`, `conflict` (too many). */
  async execute({ actor, ...request }: RequestOf<typeof createRuleV1>): Promise<Rule> {
    requireAdmin(actor);
    const rule: Rule = {
      ...request,
      id: this.ids.next('rul'),
      orgId: actor.orgId,
      experimentId: null,
      createdAtMs: this.clock.nowMs(),
    };
    await checkRule(rule, this.targets);
    checkRoom('routing rules', (await this.rules.count(actor.orgId)) + 1, this.rulesMax);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'rule.create', targetId: rule.id, metadata: { name: rule.name, priority: String(rule.priority) } },
    );
    await this.rules.insert(rule, [event]);
    await this.table.refresh();
    return rule;
  }
}
