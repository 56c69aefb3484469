import type { LimitRule, LimitScopeKind } from '@ao/contracts';
import { countedAddress } from './client-address.js';

/** Whom a call is for, in each scope that a limit can have. */
export type ScopeValues = Readonly<Record<LimitScopeKind, readonly string[]>>;

/** A limit that applies to a call. */
export interface AppliedRule {
  rule: LimitRule;
  /** Whom it applies to: of a rule for each, one counter each. */
  value: string;
}

const NONE: readonly AppliedRule[] = [];
/** Broad ones first: where the list is cut, none of those falls away that a caller cannot avoid. */
const KINDS: readonly LimitScopeKind[] = ['organisation', 'team', 'user', 'key', 'ip', 'end_user', 'tag'];
const EACH = '*';

/** Finds the limits that apply to a call by looking up what it has, never by going through the rules. Built once per snapshot. */
export class LimitRules {
  private readonly byOrganisation = new Map<string, Map<string, LimitRule>>();

  constructor(rules: readonly LimitRule[]) {
    for (const rule of rules) {
      const filed = this.byOrganisation.get(rule.orgId) ?? new Map<string, LimitRule>();
      this.byOrganisation.set(rule.orgId, filed);
      const { kind, id } = rule.scope;
      filed.set(fileKey(kind, id === null ? EACH : `=${kind === 'ip' ? countedAddress(id) : id}`, rule.model), rule);
    }
  }

  /**
   * For each value at most two rules: one for the model and one for all models. One for this very team, user, … goes before
   * one for each.
   * @param valuesOf Asked only where the organisation has rules.
   */
  applyingTo(orgId: string, valuesOf: () => ScopeValues, model: string): readonly AppliedRule[] {
    const filed = this.byOrganisation.get(orgId);
    if (!filed) return NONE;
    const values = valuesOf();
    const found: AppliedRule[] = [];
    for (const kind of KINDS) {
      for (const value of values[kind]) {
        for (const on of [null, model]) {
          const rule = filed.get(fileKey(kind, `=${value}`, on)) ?? filed.get(fileKey(kind, EACH, on));
          if (rule) found.push({ rule, value });
        }
      }
    }
    return found;
  }
}

export const NO_LIMIT_RULES = new LimitRules([]);

/** Ids are free text, so `=` marks them: no id reads as `*`, and a line break parts them from the model. */
const fileKey = (kind: LimitScopeKind, id: string, model: string | null): string =>
  `${kind}\n${id}\n${model === null ? EACH : `=${model}`}`;
