import type { RoutingRule } from '@ao/contracts';
import { compileCondition, type CompiledCondition } from './compile-condition.js';
import { RuleQuestion } from './rule-question.js';
import type { RouteQuestion } from '../question.js';

interface CompiledRule {
  rule: RoutingRule;
  conditions: CompiledCondition[];
  /** The only names of models that it can be about; null: any. */
  models: ReadonlySet<string> | null;
  /** The only teams, likewise. */
  teams: ReadonlySet<string> | null;
}

/** Lists of relevant rules that are remembered; beyond, they are found again. */
const LISTS_MAX = 10_000;

/**
 * The rules of a table, compiled once. A call is compared only with those that its organisation, team and model leave: found on
 * the first call of a kind and remembered, so that a thousand rules about a thousand models cost as much as one.
 */
export class RuleBook {
  private readonly rules: readonly CompiledRule[];
  /** What rules tell apart; all other names are alike to them, and callers' inventions fill no memory. */
  private readonly models = new Set<string>();
  private readonly teams = new Set<string>();
  private readonly organisations = new Set<string>();
  private readonly relevant = new Map<string, readonly CompiledRule[]>();

  constructor(rules: readonly RoutingRule[]) {
    this.rules = rules
      .filter(({ enabled }) => enabled)
      .toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
      .map(compile);
    for (const { rule, models, teams } of this.rules) {
      for (const model of models ?? []) this.models.add(model);
      for (const team of teams ?? []) this.teams.add(team);
      if (rule.orgId !== null) this.organisations.add(rule.orgId);
    }
  }

  /** The first rule whose conditions all hold; null: none. */
  firstThatHolds(call: RouteQuestion, modelGroup: string): RoutingRule | null {
    if (this.rules.length === 0) return null;
    const models = modelGroup === call.model ? [modelGroup] : [modelGroup, call.model];
    const rules = this.relevantTo(call, models);
    if (rules.length === 0) return null;
    const question = new RuleQuestion(call, models);
    return rules.find(({ conditions }) => conditions.every(({ holds }) => holds(question)))?.rule ?? null;
  }

  private relevantTo({ principal }: RouteQuestion, names: readonly string[]): readonly CompiledRule[] {
    const orgId = this.organisations.has(principal.orgId) ? principal.orgId : '';
    const teamId = principal.teamId !== null && this.teams.has(principal.teamId) ? principal.teamId : '';
    const models = names.filter((name) => this.models.has(name));
    const key = `${orgId}\n${teamId}\n${models.join('\n')}`;
    let found = this.relevant.get(key);
    if (!found) {
      found = this.rules.filter(
        (compiled) =>
          (compiled.rule.orgId ?? orgId) === orgId &&
          (compiled.teams?.has(teamId) ?? true) &&
          (compiled.models === null || models.some((name) => compiled.models!.has(name))),
      );
      if (this.relevant.size >= LISTS_MAX) this.relevant.clear();
      this.relevant.set(key, found);
    }
    return found;
  }
}

function compile(rule: RoutingRule): CompiledRule {
  const conditions = rule.conditions.map(compileCondition).sort((a, b) => a.effort - b.effort);
  const teams = namesOf(rule, 'team');
  return {
    rule,
    conditions,
    models: namesOf(rule, 'model'),
    teams: rule.teamId === null ? teams : new Set(teams === null || teams.has(rule.teamId) ? [rule.teamId] : []),
  };
}

/** The names that an `eq` or `in` condition leaves of a field; null: there is no such condition. */
function namesOf(rule: RoutingRule, field: 'model' | 'team'): Set<string> | null {
  const condition = rule.conditions.find(
    ({ field: asked, operator }) => asked === field && (operator === 'eq' || operator === 'in'),
  );
  return condition ? new Set([condition.value].flat().map(String)) : null;
}
