import type { RunningExperiment } from '@ao/contracts';
import { rendezvousDistance, stableHash } from '../hash.js';
import type { RouteQuestion } from '../question.js';

/** Where an experiment sends a call. */
export interface Assignment {
  experimentId: string;
  variant: string;
  /** The variant's model, as it was written. */
  model: string;
}

interface CompiledExperiment {
  experiment: RunningExperiment;
  variants: { name: string; model: string; percentage: number; hash: number }[];
}

/** The running experiments of a table, by whose and which group's they are. */
export class ExperimentBook {
  private readonly byGroup = new Map<string, CompiledExperiment[]>();

  /** @param resolve The group behind a name, for an organisation. */
  constructor(experiments: readonly RunningExperiment[], resolve: (model: string, orgId: string) => string) {
    for (const experiment of experiments) {
      const key = keyOf(experiment.orgId, resolve(experiment.modelGroup, experiment.orgId));
      const variants = experiment.variants.map((variant) => ({ ...variant, hash: stableHash(variant.name) }));
      const group = this.byGroup.get(key) ?? [];
      this.byGroup.set(key, group);
      // A team's own comes before its organisation's.
      if (experiment.teamId === null) group.push({ experiment, variants });
      else group.unshift({ experiment, variants });
    }
  }

  /** The variant that the call belongs to: the same for all calls of its unit. Null: there is no experiment about it. */
  assign(question: RouteQuestion, modelGroup: string): Assignment | null {
    if (this.byGroup.size === 0) return null;
    const { principal } = question;
    const compiled = this.byGroup
      .get(keyOf(principal.orgId, modelGroup))
      ?.find(({ experiment }) => experiment.teamId === null || experiment.teamId === principal.teamId);
    if (!compiled) return null;
    const { experiment, variants } = compiled;
    // With the experiment's id, so that two experiments do not put the same users together.
    const unit = stableHash(`${experiment.id} ${unitOf(experiment, question)}`);
    let nearest = variants[0]!;
    let distanceMin = Infinity;
    for (const variant of variants) {
      const distance = rendezvousDistance(unit, variant.hash, variant.percentage);
      if (distance < distanceMin) {
        distanceMin = distance;
        nearest = variant;
      }
    }
    return { experimentId: experiment.id, variant: nearest.name, model: nearest.model };
  }
}

/** A call without a user or a team is told apart by its key. */
function unitOf({ unit }: RunningExperiment, { principal, requestId }: RouteQuestion): string {
  switch (unit) {
    case 'user':
      return principal.userId ?? principal.keyId;
    case 'team':
      return principal.teamId ?? principal.keyId;
    case 'key':
      return principal.keyId;
    case 'request':
      return requestId;
  }
}

const keyOf = (orgId: string, modelGroup: string): string => `${orgId}\n${modelGroup}`;
