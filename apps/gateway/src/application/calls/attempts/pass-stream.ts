import { formatUsd, type Clock } from '@ao/kernel';
import type { UpstreamAnswer } from '../../ports.js';
import { billBrokenStream, billStream, noteFailure } from '../note-failure.js';
import { relayStream } from '../relay-stream.js';
import type { AttemptParts } from './attempt-parts.js';
import { wantsCost, type RunningCall } from './running-call.js';

interface StreamParts {
  clock: Clock;
  headers: () => Record<string, string>;
  onFirstToken: () => void;
  recover: AttemptParts['recover'];
}

/**
 * Passes a streamed answer on.
 * @throws whatever went wrong before the caller had any of it.
 */
export async function passStream(
  running: RunningCall,
  answer: UpstreamAnswer,
  { clock, headers, onFirstToken, recover }: StreamParts,
): Promise<void> {
  const { call, plan, record, out, text, allowance } = running;
  const includeCost = wantsCost(running);
  const stream = plan.exchange.openStream({ includeUsage: plan.request.includeUsage, includeCost });
  const failure = await relayStream(answer.body, out, record, {
    stream,
    includeCost,
    text,
    allowance,
    start: () => {
      onFirstToken();
      running.hasBegun = true;
      record.firstTokenMs = clock.monotonicMs() - call.startedMonotonicMs;
      // The cost is known only at the end: it follows as a trailer.
      out.head(answer.status, {
        ...headers(),
        'cache-control': 'no-cache',
        // What has no type of ours may have no body either, and then there is no place for a trailer.
        ...(stream.contentType !== null && { 'content-type': stream.contentType, trailer: 'x-ao-cost-usd' }),
      });
    },
    trailers: () => {
      billStream(running);
      running.noteEnd();
      return { 'x-ao-cost-usd': formatUsd(record.cost) };
    },
    ...(plan.course?.groupPolicy.recoverStreams && { recover: (error, sent) => recover(running, error, sent) }),
  });
  running.brokeOff = failure;
  if (!failure) return;
  billBrokenStream(running);
  noteFailure(record, call, failure);
}
