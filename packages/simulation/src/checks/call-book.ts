import type { UsageReport } from '@ao/contracts';
import type { CallPlan } from '../plan/plan.js';

/** All that was seen of one call from outside. */
export interface ObservedCall {
  callId: string;
  plan: CallPlan;
  gatewayId: string;
  askedAtMs: number;
  /** Its money was reserved, and it went to the provider. */
  sentAtMs: number | null;
  /** Answered or refused. */
  endedAtMs: number | null;
  /** The code of the error, if it was one. */
  refusal: string | null;
  /** Its gateway died under it. */
  isCutOff: boolean;
  beginDurable: boolean;
  /** As it went into the spool, once it was safe there. */
  report: UsageReport | null;
}

export class CallBook {
  private readonly calls = new Map<string, ObservedCall>();

  ask(callId: string, plan: CallPlan, gatewayId: string, askedAtMs: number): ObservedCall {
    const nothingYet = {
      sentAtMs: null,
      endedAtMs: null,
      refusal: null,
      isCutOff: false,
      beginDurable: false,
      report: null,
    };
    const call: ObservedCall = { callId, plan, gatewayId, askedAtMs, ...nothingYet };
    this.calls.set(callId, call);
    return call;
  }

  get(callId: string): ObservedCall {
    return this.calls.get(callId)!;
  }

  get all(): ObservedCall[] {
    return [...this.calls.values()];
  }
}
