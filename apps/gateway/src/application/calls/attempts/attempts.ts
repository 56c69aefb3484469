import { AppError } from '@ao/kernel';
import type { Outcome } from '@ao/router';
import { payersOf } from '../../payers.js';
import type { StepReason } from '../course/course.js';
import { billPrompt, noteFailure } from '../note-failure.js';
import { replan, type CallPlan } from '../plan-call.js';
import type { Route } from '../route.js';
import { StreamedText } from '../streamed-text.js';
import { attempt } from './attempt.js';
import type { AttemptParts, AttemptsParts } from './attempt-parts.js';
import { limitsOf } from './attempt-limits.js';
import type { RoutedShare } from './capacity.js';
import { failureOf, wasNotAsked, type Failure } from '../course/failure.js';
import { outcomeOf, platformCircuit } from './outcome.js';
import { allowanceOf, payForNext } from './pay-for-attempt.js';
import { StreamRecovery } from './recover-stream.js';
import type { RunningCall } from './running-call.js';

/** Puts a call to one deployment after another until one has answered, or nothing is left that could help. */
export class Attempts {
  private readonly attemptParts: AttemptParts;

  constructor(private readonly parts: AttemptsParts) {
    const recovery = new StreamRecovery({
      ...parts,
      moveTo: (running, plan) => this.moveTo(running, plan, { reason: 'recovery', wasAsked: true }),
      leave: (running, failure) => this.leave(running, failure),
    });
    this.attemptParts = { ...parts, recover: (...interrupted) => recovery.recover(...interrupted) };
  }

  /**
   * Resolves when the caller has had its answer, or all of it that there was.
   * @throws the last failure, as long as the caller has had nothing.
   */
  async run(running: RunningCall): Promise<void> {
    let failed: Failure | null = null;
    for (;;) {
      const failure = await this.tryOnce(running);
      if (failure === null) return;
      const wasAsked = !wasNotAsked(failure);
      if (wasAsked) failed = failure;
      if (running.hasBegun) throw failure.error;
      if (await this.goOn(running, failure, wasAsked)) continue;
      // The deployment that the call was to go on at could not be asked: what failed before may be tried again.
      if (!wasAsked && failed && (await this.goOn(running, failed, wasAsked))) continue;
      throw (failed ?? failure).error;
    }
  }

  private async tryOnce(running: RunningCall): Promise<Failure | null> {
    const { circuits } = this.parts;
    const { deployment } = running.plan.route;
    if (deployment === null) return this.answer(running);
    const entered = circuits.enter(deployment.id, running.call.callId);
    if (!(entered instanceof Promise ? await entered : entered)) return notAdmitted();
    running.isAdmitted = true;
    const noRoom = await this.takeShare(running);
    if (noRoom) {
      running.isAdmitted = false;
      circuits.withdraw(deployment.id, running.call.callId);
      return noRoom;
    }
    const failure = await this.answer(running);
    this.leave(running, failure ?? brokenOff(running));
    return failure;
  }

  /** Takes what the attempt needs of its deployment; where calls wait for that, it may be another one's. */
  private async takeShare(running: RunningCall): Promise<Failure | null> {
    const taking = this.parts.capacity.take(running);
    if (taking === null) return null;
    try {
      const share = await taking;
      if (share.kind !== 'admitted') return share;
      if (share.route.deploymentId !== running.plan.route.deploymentId) return await this.turnTo(running, share);
      running.share = share;
      return null;
    } catch (error) {
      return { kind: 'ours', error, retryAfterMs: null };
    }
  }

  /** Room came free at another deployment than the one that was picked. */
  private async turnTo(running: RunningCall, share: RoutedShare): Promise<Failure | null> {
    const { circuits } = this.parts;
    const { call, plan } = running;
    const { route } = share;
    const moved = this.planAt(running, route);
    if (moved === null) {
      share.finish(0);
      plan.course!.passOver(route);
      return this.takeShare(running);
    }
    if (!(await circuits.enter(route.deploymentId!, call.callId))) {
      share.finish(0);
      return notAdmitted();
    }
    try {
      await this.moveTo(running, moved, { reason: 'capacity', wasAsked: false });
    } catch (error) {
      share.finish(0);
      circuits.withdraw(route.deploymentId!, call.callId);
      throw error;
    }
    circuits.withdraw(plan.route.deploymentId!, call.callId);
    running.share = share;
    return null;
  }

  /** The call at another deployment; null where it cannot be put there. */
  private planAt({ call, plan }: RunningCall, route: Route): CallPlan | null {
    try {
      return replan(call, plan, route, this.parts.state, this.parts.plan);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  /** Tells what came of the attempt that is made now. */
  private leave(running: RunningCall, failure: Failure | null): void {
    const { circuits, clock, state } = this.parts;
    const { deployment } = running.plan.route;
    if (deployment === null || !running.isAdmitted) return;
    running.isAdmitted = false;
    this.parts.capacity.release(running);
    const hasLeft = running.call.signal.aborted;
    const outcome = hasLeft ? UNKNOWN : outcomeOf(running, failure, state.table, clock.monotonicMs());
    circuits.leave(deployment.id, running.call.callId, outcome, platformCircuit(state.table, deployment));
    if (outcome.kind === 'succeeded') running.plan.course?.remember(running.plan.route);
  }

  private async answer(running: RunningCall): Promise<Failure | null> {
    const { plan, deadlineMs } = running;
    try {
      const limits = limitsOf(plan, plan.request.wishes, deadlineMs - this.parts.clock.monotonicMs());
      await attempt(running, limits, this.attemptParts);
      return null;
    } catch (error) {
      return failureOf(error, running.call.signal.aborted);
    }
  }

  /** Takes the call to where it goes on. @returns false where there is no such place, or none that can be paid. */
  private async goOn(running: RunningCall, failure: Failure, wasAsked: boolean): Promise<boolean> {
    const { call, record, plan } = running;
    const step = plan.course?.next(failure, this.parts.clock.monotonicMs(), running.deadlineMs);
    if (!step) return false;
    if (wasAsked) {
      billPrompt(running, failure.error);
      noteFailure(record, call, failure.error);
    }
    if (step.waitMs > 0) await this.parts.wait(step.waitMs, call.signal);
    if (call.signal.aborted) return false;
    try {
      const { state, plan: options } = this.parts;
      await this.moveTo(running, replan(call, running.plan, step.route, state, options), {
        reason: step.reason,
        wasAsked,
      });
      return true;
    } catch (error) {
      // It cannot be put there, or not be paid: what the provider said is the better answer.
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  /** Pays for the next attempt, and begins it. @throws AppError where it cannot be paid. */
  private async moveTo(
    running: RunningCall,
    plan: CallPlan,
    { reason, wasAsked }: { reason: StepReason; wasAsked: boolean },
  ): Promise<void> {
    const { budget, state, clock } = this.parts;
    const { call, record } = running;
    const payers = payersOf(call.principal, state.budgets.applyingTo(call, plan));
    const { tokens, reservation } = await payForNext(budget, running, payers, plan.price);
    running.allowance?.close();
    record.reservation = reservation;
    const target = { route: plan.route, price: plan.price.row };
    if (wasAsked) record.goOnAt(target, reason, clock.nowMs());
    else record.turnTo(target, reason, clock.nowMs());
    running.attempts += 1;
    Object.assign(running, {
      plan,
      reservation,
      atProvider: 'nothing',
      text: new StreamedText(plan.route.model),
      allowance: allowanceOf(budget, running.payers, reservation, plan.price, tokens),
    } satisfies Partial<RunningCall>);
  }
}

const UNKNOWN: Outcome = { kind: 'unknown' };

const brokenOff = ({ brokeOff, call }: RunningCall): Failure | null =>
  brokeOff && failureOf(brokeOff, call.signal.aborted);

function notAdmitted(): Failure {
  const error = new AppError(
    'no_deployment_available',
    'The deployments that could serve this call failed lately and are being tried again. Try again shortly.',
    { retryAfterSeconds: 1 },
  );
  return { kind: 'closed', error, retryAfterMs: null };
}
