import type { EncodedEvent } from '@ao/bus';
import type { ExperimentState, VariantFigures } from '@ao/contracts';
import type { Experiment } from './experiment.js';
import type { Rule } from '../rules/rule.js';
import type { PageOf } from '../ports.js';

/** Experiments of organisations. What changes one also appends its events, in the same transaction. */
export interface ExperimentRepository {
  insert(experiment: Experiment, events: EncodedEvent[]): Promise<void>;
  find(orgId: string, experimentId: string): Promise<Experiment | null>;
  /** Newest first. */
  list(orgId: string, page: PageOf, state: ExperimentState | undefined): Promise<Experiment[]>;
  count(orgId: string): Promise<number>;
  /**
   * Writes it unless its state changed meanwhile. `occupied`: another one runs for its group and team.
   * @param before The state in which it was read.
   */
  update(
    experiment: Experiment,
    before: ExperimentState,
    events: EncodedEvent[],
  ): Promise<'updated' | 'changed' | 'occupied'>;
  /** Concludes it and makes the rule, both or none. False when its state changed meanwhile, or it has a rule already. */
  promote(experiment: Experiment, before: ExperimentState, rule: Rule, events: EncodedEvent[]): Promise<boolean>;
  /** Deletes the rule of its winner. False when it has none. */
  revert(orgId: string, experimentId: string, events: EncodedEvent[]): Promise<boolean>;
  /** The one whose winner takes all calls of a group and team. */
  findPromoted(scope: Pick<Experiment, 'orgId' | 'teamId' | 'modelGroup'>): Promise<Experiment | null>;
  /** False when it is not there. */
  delete(orgId: string, experimentId: string, events: EncodedEvent[]): Promise<boolean>;
  /** Takes running ones that promote by themselves and are due, of which no other replica gets one until it is due again. */
  claimDue(options: { nowMs: number; everyMs: number; limit: number }): Promise<Experiment[]>;
}

/** What the calls of an experiment came to. */
export interface ExperimentFigures {
  /**
   * By variant; those without a call are absent.
   * @throws AppError `not_configured`, `backend_unavailable`, `timeout`.
   */
  of(experiment: Experiment): Promise<VariantFigures[]>;
}
