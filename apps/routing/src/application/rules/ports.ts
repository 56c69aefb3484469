import type { EncodedEvent } from '@ao/bus';
import type { Rule, RulePosition } from './rule.js';

/** Rules of organisations. What changes one also appends its events, in the same transaction. */
export interface RuleRepository {
  insert(rule: Rule, events: EncodedEvent[]): Promise<void>;
  find(orgId: string, ruleId: string): Promise<Rule | null>;
  /** In the order in which they are asked. */
  list(orgId: string, page: { limit: number; after: RulePosition | undefined }): Promise<Rule[]>;
  count(orgId: string): Promise<number>;
  /** False when it is not there. */
  update(rule: Rule, events: EncodedEvent[]): Promise<boolean>;
  /** False when it is not there. */
  delete(orgId: string, ruleId: string, events: EncodedEvent[]): Promise<boolean>;
}

/** What of an organisation's own can be named. */
export interface TargetRepository {
  /** Those of these names that are model groups or aliases. */
  modelsAmong(orgId: string, names: string[]): Promise<string[]>;
  hasProvider(orgId: string, nameOrId: string): Promise<boolean>;
  /** Those of these ids that are deployments. */
  deploymentsAmong(orgId: string, ids: string[]): Promise<string[]>;
}
