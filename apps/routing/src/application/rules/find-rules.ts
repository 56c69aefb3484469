import type { Actor } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { Rule, RulePosition } from './rule.js';
import type { RuleRepository } from './ports.js';

/** Finds the rules of the actor's organisation. */
export class FindRules {
  constructor(private readonly rules: RuleRepository) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async one(actor: Actor, ruleId: string): Promise<Rule> {
    requireAdmin(actor);
    const rule = await this.rules.find(actor.orgId, ruleId);
    if (!rule) throw unknownRule(ruleId);
    return rule;
  }

  /** In the order in which they are asked. @throws AppError `permission_denied`. */
  async list(actor: Actor, page: { limit: number; after: RulePosition | undefined }): Promise<Rule[]> {
    requireAdmin(actor);
    return this.rules.list(actor.orgId, page);
  }
}

export const unknownRule = (ruleId: string): AppError =>
  new AppError('not_found', `There is no routing rule ${ruleId}.`, { param: 'id' });
