import type { Deployment } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { inputTokensOf, outputTokensOf } from '@ao/pricing';
import type { CapacityQueue } from '../../limits/capacity-queue.js';
import type { DeploymentLimits, DeploymentShare } from '../../limits/deployment-limits.js';
import type { Route } from '../route.js';
import type { Failure } from '../course/failure.js';
import type { RunningCall } from './running-call.js';

/** A share of a deployment, and where that is. */
export type RoutedShare = DeploymentShare & { route: Route };
type RoutedAnswer = RoutedShare | { kind: 'refused'; retryAfterMs: number };

/** Keeps attempts within what deployments may do at a time; where the group's strategy is `priority`, calls wait for it. */
export class Capacity {
  constructor(
    private readonly limits: DeploymentLimits,
    private readonly queue: CapacityQueue,
  ) {}

  /**
   * A share of the deployment that the call is at; where calls wait, of any that could serve it.
   * @returns null for a deployment without limits; a failure where there is no room.
   * @throws AppError `capacity_exceeded` after waiting in vain; the signal's reason when the caller has left.
   */
  take(running: RunningCall): null | Promise<RoutedShare | Failure> {
    const { plan } = running;
    const deployment = plan.route.deployment!;
    if (plan.course?.groupPolicy.strategy === 'priority') return this.waitForAny(running, lineOf(deployment));
    return isUnlimited(deployment) ? null : this.takeNow(running);
  }

  /** The attempt has ended: its share is given back, and the next one in line may look. */
  release(running: RunningCall): void {
    const { share, record, plan } = running;
    if (!share) return;
    running.share = null;
    share.finish(inputTokensOf(record.usage) + outputTokensOf(record.usage));
    if (plan.route.deployment) this.queue.wake(lineOf(plan.route.deployment));
  }

  private async takeNow(running: RunningCall): Promise<RoutedShare | Failure> {
    const answer = await this.takeAt(running, running.plan.route);
    return answer.kind === 'admitted' ? answer : full(answer.retryAfterMs);
  }

  private waitForAny(running: RunningCall, line: string): Promise<RoutedShare> {
    const { call, plan } = running;
    const wish = { priority: plan.request.wishes?.priority ?? null, signal: call.signal };
    return this.queue.take(line, () => this.takeAny(running), wish);
  }

  /** Of the deployment that was picked, else of the first one with room. */
  private async takeAny(running: RunningCall): Promise<RoutedAnswer> {
    let retryAfterMs = Infinity;
    for (const route of running.plan.course!.routesNow(running.plan.route)) {
      const answer = await this.takeAt(running, route);
      if (answer.kind === 'admitted') return answer;
      retryAfterMs = Math.min(retryAfterMs, answer.retryAfterMs);
    }
    return { kind: 'refused', retryAfterMs };
  }

  private async takeAt({ call, plan, attempts }: RunningCall, route: Route): Promise<RoutedAnswer> {
    const answer = await this.limits.take(route.deployment!, `${call.callId}:${attempts}`, plan.promptTokensBound);
    return answer.kind === 'admitted' ? { ...answer, route } : answer;
  }
}

const isUnlimited = ({ requestsPerMinuteMax, tokensPerMinuteMax, concurrencyMax }: Deployment): boolean =>
  requestsPerMinuteMax === null && tokensPerMinuteMax === null && concurrencyMax === null;

/** All who want the same deployments wait in one line. */
const lineOf = ({ orgId, modelGroup }: Deployment): string => `${orgId ?? ''} ${modelGroup}`;

const MS_PER_S = 1_000;

function full(retryAfterMs: number): Failure {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / MS_PER_S));
  const error = new AppError(
    'capacity_exceeded',
    `Every deployment of this model is at its limits. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
  return { kind: 'full', error, retryAfterMs };
}
