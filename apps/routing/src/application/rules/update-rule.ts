import { routingActionPerformedV1, type RequestOf, type updateRuleV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import type { Rule } from './rule.js';
import { givenFields } from '../given-fields.js';
import type { RoutingTable } from '../ports.js';
import { checkRule } from './check-rule.js';
import { unknownRule, type FindRules } from './find-rules.js';
import type { RuleRepository } from './ports.js';
import type { RoutingTargets } from './routing-targets.js';

/** Changes what the request names of a rule; the rest stays. */
export class UpdateRule {
  constructor(
    private readonly finder: FindRules,
    private readonly rules: RuleRepository,
    private readonly targets: RoutingTargets,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter`. */
  async execute({ actor, ruleId, ...request }: RequestOf<typeof updateRuleV1>): Promise<Rule> {
    const present = await this.finder.one(actor, ruleId);
    const given = givenFields(request);
    const changed: Rule = { ...present, ...given };
    await checkRule(changed, this.targets);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'rule.update', targetId: ruleId, metadata: { fields: Object.keys(given).join(',') } },
    );
    if (!(await this.rules.update(changed, [event]))) throw unknownRule(ruleId);
    await this.table.refresh();
    return changed;
  }
}
