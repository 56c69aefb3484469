import type { RoutingRule } from '@ao/contracts';

/** A rule that an organisation made, or that the winner of an experiment left. */
export interface Rule extends RoutingRule {
  orgId: string;
  /** Whose winner it sends calls to; null: an administrator made it. */
  experimentId: string | null;
  createdAtMs: number;
}

/** Where a list of rules goes on: they are asked by priority, the older one of two equal ones first. */
export interface RulePosition {
  priority: number;
  id: string;
}

/** After all rules that people make: these hold for a promoted group as they held while the experiment ran. */
export const PROMOTED_PRIORITY = 1_000_000;
