import type { ServiceLevel } from '@ao/contracts';
import type { Strategy, StrategyContext } from '../strategies/strategy.js';
import { keepsLevel } from '../strategies/service-level.js';
import type { Candidate } from '../table/candidate.js';

/** What changes from call to call and decides whether a deployment may be picked. */
export interface Circumstances {
  strategy: Strategy;
  context: StrategyContext;
  /** Deployments that the call has been to. */
  tried: ReadonlySet<string>;
  /** Of the group; null: none. */
  serviceLevel: ServiceLevel | null;
  /** What the context of a deployment should hold; null: not asked. */
  promptTokens: number | null;
}

/**
 * Says of each deployment whether it may be picked. Circuits and the strategy's own limits always hold; the other demands are
 * given up one after another where nothing satisfies them, as the chooser sets them.
 */
export class Eligibility {
  isFitDemanded = false;
  isUntriedDemanded = false;
  isLevelDemanded = false;

  constructor(private readonly circumstances: Circumstances) {}

  readonly takes = (candidate: Candidate): boolean =>
    this.isAdmitted(candidate) &&
    !(this.isUntriedDemanded && this.circumstances.tried.has(candidate.deployment.id)) &&
    !(this.isFitDemanded && !this.fits(candidate)) &&
    !(this.isLevelDemanded && !this.keepsLevel(candidate));

  /** Why a deployment could not be picked under the demands as they now are; null: it could. */
  reason(candidate: Candidate): string | null {
    if (!this.isCircuitClosed(candidate)) return 'circuit open';
    const refusal = this.refusal(candidate);
    if (refusal !== null) return refusal;
    if (this.isUntriedDemanded && this.circumstances.tried.has(candidate.deployment.id)) return 'already tried';
    if (this.isFitDemanded && !this.fits(candidate)) return 'context too small for the prompt';
    if (this.isLevelDemanded && !this.keepsLevel(candidate)) return 'misses the service level';
    return null;
  }

  /** Whether its circuit and the strategy's limits let it be called at all. */
  isAdmitted(candidate: Candidate): boolean {
    return this.isCircuitClosed(candidate) && this.refusal(candidate) === null;
  }

  private isCircuitClosed({ deployment }: Candidate): boolean {
    const { states, nowMs } = this.circumstances.context;
    return !states.tripped.has(deployment.id) || states.admits(deployment.id, nowMs);
  }

  private refusal(candidate: Candidate): string | null {
    const { strategy, context } = this.circumstances;
    return strategy.refuses?.(candidate, context) ?? null;
  }

  private fits(candidate: Candidate): boolean {
    const { promptTokens, context } = this.circumstances;
    const tokensMax = promptTokens === null ? null : context.facts.contextTokensMax(candidate);
    return tokensMax === null || promptTokens! <= tokensMax;
  }

  private keepsLevel({ deployment }: Candidate): boolean {
    const { serviceLevel, context } = this.circumstances;
    return serviceLevel === null || keepsLevel(serviceLevel, deployment.id, context.states, context.nowMs);
  }
}
