import { AppError, formatUsd, type Clock } from '@ao/kernel';
import { UpstreamFailure } from '@ao/providers';
import type { UpstreamAnswer } from '../../ports.js';
import { countAnswer, estimateUnsaid } from '../estimate-usage.js';
import { UpstreamRefusal } from '../upstream-refusal.js';
import { answerHeaders } from '../answer-headers.js';
import type { AttemptLimits } from './attempt-limits.js';
import type { AttemptParts } from './attempt-parts.js';
import { passStream } from './pass-stream.js';
import { wantsCost, type RunningCall } from './running-call.js';

const HEADER_LENGTH_MAX = 1_024;

/**
 * Calls the provider and passes its answer on.
 * @throws UpstreamRefusal, UpstreamFailure, AppError whatever went wrong before the caller had any of it; what happens later
 * is told in the stream, and noted in the record.
 */
export async function attempt(running: RunningCall, limits: AttemptLimits, parts: AttemptParts): Promise<void> {
  const { call, plan, record } = running;
  // Whoever left before this has cost nothing.
  call.signal.throwIfAborted();
  running.sentMs = parts.clock.monotonicMs();
  running.overheadMs ??= running.sentMs - call.startedMonotonicMs;
  running.atProvider = 'request';
  const patience = limits.firstTokenMs === null ? null : new FirstTokenPatience(limits.firstTokenMs, call.signal);
  try {
    const answer = await send(running, limits, patience?.signal ?? call.signal, parts);
    record.status = answer.status;
    if (answer.status >= 400) running.atProvider = 'nothing';
    if (answer.status >= 400) return await passFailure(running, answer, parts.clock);
    if (plan.request.stream) {
      return await passStream(running, answer, {
        clock: parts.clock,
        headers: () => headersOf(running, answer, parts.clock),
        onFirstToken: () => patience?.end(),
        recover: parts.recover,
      });
    }
    running.atProvider = 'whole answer';
    await (plan.exchange.isOpaque ? passOpaque : passWhole)(running, answer, parts.clock);
  } finally {
    patience?.end();
  }
}

/** Puts the call to its provider. */
export function send(
  { call, plan }: RunningCall,
  { timeouts }: AttemptLimits,
  signal: AbortSignal,
  { upstream }: Pick<AttemptParts, 'upstream'>,
): Promise<UpstreamAnswer> {
  const { exchange, route, request } = plan;
  return upstream.send(route.provider, {
    endpoint: exchange.endpoint,
    model: route.model,
    body: exchange.body,
    ...(exchange.contentType !== undefined && { contentType: exchange.contentType }),
    headers: call.protocolHeaders,
    ...(exchange.isOpaque && { accept: '*/*' }),
    stream: request.stream,
    correlationId: call.correlationId,
    signal,
    ...(timeouts && { timeouts }),
    ...(call.native && { native: call.native }),
    ...(route.ownKey && call.ownKey !== undefined && { ownKey: call.ownKey }),
  });
}

/** Direct OpenAI's errors go out as they are, a deployment's in our schema. */
async function passFailure(running: RunningCall, answer: UpstreamAnswer, clock: Clock): Promise<void> {
  const { plan, record, out } = running;
  const body = await answer.readAll();
  if (!plan.route.direct) throw UpstreamRefusal.from(answer, body, plan.exchange, clock.nowMs());
  record.errorCode = 'upstream_error';
  running.hasBegun = true;
  out.head(answer.status, headersOf(running, answer, clock));
  out.end(body);
}

async function passWhole(running: RunningCall, answer: UpstreamAnswer, clock: Clock): Promise<void> {
  const { plan, record, out } = running;
  const whole = plan.exchange.readAnswer(await answer.readAll(), answer.headers['content-type']);
  if (!whole)
    throw new AppError(
      'upstream_error',
      `The provider ${plan.route.provider.name} answered with something that is not in its protocol.`,
    );
  const { usage, finishReason, serviceTier } = whole;
  record.finishReason = finishReason;
  record.serviceTier = serviceTier;
  record.usage = usage ?? countAnswer(plan, whole.text());
  record.usageSource = usage ? 'provider' : 'estimated';
  const costUsd = formatUsd(record.cost);
  const told = wantsCost(running) ? whole.withCost(costUsd) : whole.body;
  running.hasBegun = true;
  running.noteEnd();
  out.head(answer.status, {
    ...headersOf(running, answer, clock),
    'content-type': whole.contentType,
    'content-length': String(told.length),
    'x-ao-cost-usd': costUsd,
    'x-litellm-response-cost': costUsd,
  });
  out.end(told);
}

/** Sound and the like as it comes: what it costs is known before. A break tears the connection, as nothing else can tell of it. */
async function passOpaque(running: RunningCall, answer: UpstreamAnswer, clock: Clock): Promise<void> {
  const { plan, record, out } = running;
  record.usage = estimateUnsaid(plan);
  record.usageSource = 'estimated';
  const costUsd = formatUsd(record.cost);
  // Until its end.
  record.partial = true;
  for await (const chunk of answer.body) {
    if (!running.hasBegun) {
      running.hasBegun = true;
      out.head(answer.status, {
        'content-type': 'application/octet-stream',
        ...headersOf(running, answer, clock),
        'x-ao-cost-usd': costUsd,
        'x-litellm-response-cost': costUsd,
      });
    }
    await out.write(chunk);
  }
  if (!running.hasBegun)
    throw new AppError('upstream_error', `The provider ${plan.route.provider.name} answered with nothing.`);
  record.partial = false;
  running.noteEnd();
  out.end();
}

/** The overhead is what this gateway did before it first called a provider; after that it passes bytes on, or waits. */
function headersOf(
  { call, plan, admission, overheadMs }: RunningCall,
  answer: UpstreamAnswer,
  clock: Clock,
): Record<string, string> {
  const { dropped } = plan.exchange;
  return {
    ...answer.headers,
    ...admission?.headers,
    ...answerHeaders(plan.route, plan.course, {
      overheadMs: overheadMs ?? 0,
      durationMs: clock.monotonicMs() - call.startedMonotonicMs,
    }),
    ...(dropped.length > 0 && { 'x-ao-dropped-params': dropped.join(', ').slice(0, HEADER_LENGTH_MAX) }),
  };
}

/** Ends an attempt whose stream says nothing for too long (BX-007); once it has begun, the stall limit is enough. */
class FirstTokenPatience {
  readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;

  constructor(firstTokenMs: number, callersSignal: AbortSignal) {
    const late = new AbortController();
    this.signal = AbortSignal.any([callersSignal, late.signal]);
    const reason = new UpstreamFailure('first_byte_timeout', { mayBeCharged: true, internal: 'no token in time' });
    this.timer = setTimeout(() => late.abort(reason), firstTokenMs);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
