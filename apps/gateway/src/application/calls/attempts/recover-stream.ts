import { AppError } from '@ao/kernel';
import { continueAnswer, readBegun, type BegunAnswer, type ContinuationForm, type ProviderProtocol } from '@ao/wire';
import type { Step } from '../course/course.js';
import { billBrokenStream, billPrompt, noteFailure } from '../note-failure.js';
import { replan, type CallPlan } from '../plan-call.js';
import { protocolsOf, translatedTo } from '../provider-protocols.js';
import type { StreamSource } from '../relay-stream.js';
import type { Conversation } from '../requests/request-facts.js';
import type { Route } from '../route.js';
import { UpstreamRefusal } from '../upstream-refusal.js';
import { send } from './attempt.js';
import { limitsOf } from './attempt-limits.js';
import type { AttemptsParts } from './attempt-parts.js';
import { failureOf, type Failure } from '../course/failure.js';
import { wantsCost, type RunningCall } from './running-call.js';

interface RecoveryParts extends Omit<AttemptsParts, 'budget'> {
  /** Pays for the next attempt and begins it. */
  moveTo: (running: RunningCall, plan: CallPlan) => Promise<void>;
  /** Tells what came of the attempt that is made now. */
  leave: (running: RunningCall, failure: Failure | null) => void;
}

/** What is to be continued. */
interface Interrupted {
  conversation: Conversation;
  begun: BegunAnswer;
  /** Output tokens that the client has. */
  tokens: number;
}

/** Finds a deployment that goes on with an answer where another one broke off (BX-006). */
export class StreamRecovery {
  constructor(private readonly parts: RecoveryParts) {}

  /**
   * @param sent What the client has.
   * @returns null where the answer cannot be continued, or by nobody: the stream then ends in an error as it does without.
   */
  async recover(running: RunningCall, error: unknown, sent: Buffer | null): Promise<StreamSource | null> {
    let failure = failureOf(error, running.call.signal.aborted);
    const interrupted = failure.kind === 'ours' || sent === null ? null : interruptedBy(running, sent);
    if (!interrupted) return null;
    for (billBrokenStream(running); ; billPrompt(running, failure.error)) {
      const step = running.plan.course!.next(failure, this.parts.clock.monotonicMs(), running.deadlineMs);
      const plan = step && this.continuingPlan(running, step, interrupted);
      if (!plan || !(await this.goOn(running, plan, step.waitMs, failure))) return null;
      const outcome = await this.ask(running);
      if (!('kind' in outcome)) return outcome;
      failure = outcome;
    }
  }

  /** @returns false where it cannot be paid, or the caller has left. */
  private async goOn(running: RunningCall, plan: CallPlan, waitMs: number, failure: Failure): Promise<boolean> {
    const { call, record } = running;
    noteFailure(record, call, failure.error);
    this.parts.leave(running, failure);
    if (waitMs > 0) await this.parts.wait(waitMs, call.signal);
    if (call.signal.aborted) return false;
    try {
      await this.parts.moveTo(running, plan);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  private async ask(running: RunningCall): Promise<StreamSource | Failure> {
    const { clock } = this.parts;
    const { call, plan, record, text, allowance } = running;
    try {
      if (!(await this.enter(running))) return noRoom();
      running.sentMs = clock.monotonicMs();
      running.atProvider = 'request';
      const leftMs = running.deadlineMs - clock.monotonicMs();
      const answer = await send(running, limitsOf(plan, plan.request.wishes, leftMs), call.signal, this.parts);
      record.status = answer.status;
      if (answer.status >= 400) {
        running.atProvider = 'nothing';
        throw UpstreamRefusal.from(answer, await answer.readAll(), plan.exchange, clock.nowMs());
      }
      const { includeUsage } = plan.request;
      const stream = plan.exchange.openStream({ includeUsage, includeCost: wantsCost(running) });
      return { body: answer.body, stream, text, allowance };
    } catch (error) {
      return failureOf(error, call.signal.aborted);
    }
  }

  /** @returns false where the deployment is being probed, or has no room. */
  private async enter(running: RunningCall): Promise<boolean> {
    const { circuits, capacity } = this.parts;
    const { call, plan } = running;
    const deploymentId = plan.route.deploymentId!;
    if (!(await circuits.enter(deploymentId, call.callId))) return false;
    try {
      const share = await capacity.take(running);
      if (share === null || (share.kind === 'admitted' && share.route.deploymentId === deploymentId)) {
        Object.assign(running, { share, isAdmitted: true } satisfies Partial<RunningCall>);
        return true;
      }
      if (share.kind === 'admitted') share.finish(0);
    } catch (error) {
      circuits.withdraw(deploymentId, call.callId);
      throw error;
    }
    circuits.withdraw(deploymentId, call.callId);
    return false;
  }

  /** The call at the first place that can go on with its answer. */
  private continuingPlan(running: RunningCall, { route }: Step, interrupted: Interrupted): CallPlan | null {
    const { state, plan: options } = this.parts;
    for (let at: Route | null = route; at !== null; at = running.plan.course!.insteadOf(at)) {
      const form = formOf(at);
      if (form === null) continue;
      try {
        const plan = replan(running.call, running.plan, at, state, options);
        const maxOutputTokens = (plan.request.maxOutputTokens ?? plan.price.maxOutputTokens) - interrupted.tokens;
        if (maxOutputTokens <= 0 || formOf(plan.route) !== form) return null;
        return { ...plan, exchange: continuing(running, plan.route, interrupted, form, maxOutputTokens) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return null;
  }
}

/** It is being probed, or at its limits. */
const noRoom = (): Failure => ({
  kind: 'unreachable',
  error: new AppError('no_deployment_available', 'Try again shortly.'),
  retryAfterMs: null,
});

function interruptedBy({ plan, text }: RunningCall, sent: Buffer): Interrupted | null {
  const conversation = plan.request.conversation?.();
  if (!conversation || plan.request.choices > 1 || !isReadable(conversation.client)) return null;
  const begun = readBegun(sent, conversation.client);
  return begun && { conversation, begun, tokens: text.count() };
}

const isReadable = (client: Conversation['client']): client is Conversation['client'] & ProviderProtocol =>
  client.createScanner !== undefined && client.createDecoder !== undefined;

/** How the deployment is had to go on; null: it cannot. Its own word counts before that of its kind. */
function formOf({ provider, model, deployment }: Route): ContinuationForm | null {
  if (deployment === null || deployment.continuesAnswers === false) return null;
  const protocols = protocolsOf(provider.kind, model);
  if (protocols.continuation !== null || deployment.continuesAnswers === null) return protocols.continuation;
  return translatedTo(protocols).name === 'openai-chat' ? 'final_message_flag' : 'last_turn';
}

function continuing(
  { call, plan }: RunningCall,
  { provider, model }: Route,
  { conversation, begun }: Interrupted,
  form: ContinuationForm,
  maxOutputTokens: number,
): CallPlan['exchange'] {
  const { request, client, original } = conversation;
  const labels = {
    id: call.callId,
    model: plan.request.model,
    nowS: Math.floor(call.startedAtMs / MS_PER_S),
    ...(original !== undefined && { request: original }),
  };
  const parties = { client, provider: translatedTo(protocolsOf(provider.kind, model)), form };
  return continueAnswer(request, parties, begun, { model, maxOutputTokens }, labels);
}

const MS_PER_S = 1_000;
