import type { UsageReport } from '@ao/contracts';
import { readStream, type Answer } from '@ao/wire';
import { isServable, isWhole, type CachedContent, type CacheEntry } from './cache-entry.js';
import type { CacheableEndpoint } from './cacheable-call.js';

/** An answer as it went out. */
interface SentAnswer {
  contentType: string;
  body: Buffer;
}

/**
 * What is kept of a call that has ended; null for one that is not fit to be repeated: it failed, broke off, calls tools,
 * or says nothing. What guardrails changed must not be kept either: whoever changes an answer says so here.
 */
export function entryOf(
  sent: SentAnswer,
  report: UsageReport,
  endpoint: CacheableEndpoint,
  nowMs: number,
): CacheEntry | null {
  if (report.status !== 200 || report.errorCode !== null || report.partial || report.usageSource === 'none')
    return null;
  const content = contentOf(sent, report, endpoint);
  if (!content || !isServable(content)) return null;
  const { cost, usage, provider, model } = report;
  return { content, createdAtMs: nowMs, cost, usage, provider, model };
}

/** @returns null for what the protocol of the endpoint cannot read, as well. */
function contentOf(
  { contentType, body }: SentAnswer,
  { stream, finishReason }: UsageReport,
  { codec, type }: CacheableEndpoint,
): CachedContent | null {
  const asItWas = (): CachedContent => ({ kind: 'body', contentType, isStream: stream, text: body.toString('utf8') });
  if (!codec) return type === 'embedding' || WHOLE.has(finishReason) ? asItWas() : null;
  if (MEDIA.some((mark) => body.includes(mark))) return null;
  const answer = readOrNull(() => (stream ? readStream(body, codec) : codec.decodeAnswer(body)));
  if (!answer || !isWhole(answer)) return null;
  return stream ? { kind: 'answer', answer } : asItWas();
}

/** Pictures and sound beside the text, which no other form of the answer would have. In a text its quotes are escaped. */
const MEDIA = ['"images":[{', '"audio":{', '"inlineData":{'];

/** Of answers without a codec, in the words of their protocols. */
const WHOLE: ReadonlySet<string | null> = new Set(['stop', 'length', 'stop_sequence', 'end']);

function readOrNull(read: () => Answer | null): Answer | null {
  try {
    return read();
  } catch {
    return null;
  }
}
