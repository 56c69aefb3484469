import type { CandidateFacts } from '../question.js';
import type { StatesView } from '../state/deployment-states.js';
import type { Candidate } from '../table/candidate.js';
import type { Tier } from '../table/tier.js';

/** Whether a deployment may be picked now. */
export type Takes = (candidate: Candidate) => boolean;

/** What strategies may look at. */
export interface StrategyContext {
  states: StatesView;
  facts: CandidateFacts;
  /** Monotonic. */
  nowMs: number;
  /** From 0 to 1. */
  random: () => number;
  /** Deployments whose latency is within this share of the lowest count as equally fast. */
  latencyBuffer: number;
}

/** One way to pick a deployment. */
export interface Strategy {
  /** One of a tier that `takes` lets through; null: it lets none through. */
  pick(tier: Tier, takes: Takes, context: StrategyContext): Candidate | null;
  /** By which it compares, for whoever asks why; lower is better; null: not known. Absent: it compares nothing. */
  score?(candidate: Candidate, context: StrategyContext): number | null;
  /** Why it will not take one, whatever the others are like; null: it may. */
  refuses?(candidate: Candidate, context: StrategyContext): string | null;
  /** Those that miss the group's service level are passed over while others keep it. */
  keepsServiceLevel?: true;
}
