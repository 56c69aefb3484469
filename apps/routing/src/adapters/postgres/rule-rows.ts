import { routingRule } from '@ao/contracts';
import type { Rule } from '../../application/rules/rule.js';
import type { RoutingRuleModel } from './generated/models.js';

/** The order in which rules are asked. */
export const RULE_ORDER = [{ priority: 'asc' as const }, { id: 'asc' as const }];

export function toRule({ createdAt, ...row }: RoutingRuleModel): Rule {
  const { conditions, action } = routingRule.pick({ conditions: true, action: true }).parse(row);
  return { ...row, conditions, action, createdAtMs: createdAt.getTime() };
}

export const toRuleRow = ({ createdAtMs, ...rule }: Rule) => ({ ...rule, createdAt: new Date(createdAtMs) });
