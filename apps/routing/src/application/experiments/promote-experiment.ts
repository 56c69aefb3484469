import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { STEPS, wrongState, type Experiment } from './experiment.js';
import { PROMOTED_PRIORITY, type Rule } from '../rules/rule.js';
import type { RoutingTable } from '../ports.js';
import type { ExperimentRepository } from './ports.js';
import { changedMeanwhile } from './write-experiment.js';

const NAME_LENGTH_MAX = 200;

/** Sends all calls of an experiment to one of its variants, by a rule. */
export class PromoteExperiment {
  constructor(
    private readonly experiments: ExperimentRepository,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * @param facts Why, for the audit chain.
   * @throws AppError `invalid_parameter` (variant), `conflict` (its state, another promoted one).
   */
  async execute(
    actor: Actor,
    experiment: Experiment,
    variant: string,
    facts: Record<string, string> = {},
  ): Promise<Experiment> {
    if (!STEPS.promote.includes(experiment.state)) throw wrongState(experiment, 'be promoted: start it first');
    const winner = experiment.variants.find(({ name }) => name === variant);
    if (!winner) {
      throw new AppError('invalid_parameter', `The experiment has no variant ${variant}.`, { param: 'variant' });
    }
    await this.refuseSecond(experiment);
    const nowMs = this.clock.nowMs();
    const rule = this.ruleOf(experiment, winner.model, nowMs);
    const concludedAtMs = experiment.concludedAtMs ?? nowMs;
    const concluded: Experiment = { ...experiment, state: 'concluded', winner: variant, concludedAtMs };
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'experiment.promote', targetId: experiment.id, metadata: { variant, rule: rule.id, ...facts } },
    );
    if (!(await this.experiments.promote(concluded, experiment.state, rule, [event]))) throw changedMeanwhile();
    await this.table.refresh();
    return { ...concluded, promotedRuleId: rule.id };
  }

  /** Of two rules for one group the older one would win, and the new winner never get a call. */
  private async refuseSecond(experiment: Experiment): Promise<void> {
    const promoted = await this.experiments.findPromoted(experiment);
    if (!promoted) return;
    const message = `The winner of the experiment ${promoted.name} (${promoted.id}) takes these calls. Revert it first.`;
    throw new AppError('conflict', message);
  }

  private ruleOf({ id, orgId, teamId, name, modelGroup }: Experiment, model: string, createdAtMs: number): Rule {
    return {
      id: this.ids.next('rul'),
      orgId,
      teamId,
      name: `promoted: ${name}`.slice(0, NAME_LENGTH_MAX),
      priority: PROMOTED_PRIORITY,
      enabled: true,
      conditions: [{ field: 'model', operator: 'eq', value: modelGroup }],
      action: { type: 'route', model },
      experimentId: id,
      createdAtMs,
    };
  }
}
