import { toAppError } from '@ao/kernel';
import { outputTokensOf } from '@ao/pricing';
import type { InboundCall } from './call.js';
import type { CallRecord } from './call-record.js';
import { mayBeCharged } from './charged-failure.js';
import { countStream, estimateUnsaid } from './estimate-usage.js';
import type { CallPlan } from './plan-call.js';
import type { StreamedText } from './streamed-text.js';
import { UpstreamRefusal } from './upstream-refusal.js';

/** What the provider has of a call, and may have worked on; a refusal is no work. */
export type AtProvider = 'nothing' | 'request' | 'whole answer';

interface BilledCall {
  call: InboundCall;
  plan: CallPlan;
  record: CallRecord;
  atProvider: AtProvider;
  text: StreamedText;
}

/** nginx's code for a caller that left before the answer. */
const CLIENT_CLOSED_STATUS = 499;

/** Where the provider reported nothing, what was sent is counted and billed (MT-009). */
export function billStream({ plan, record, text }: BilledCall): void {
  if (record.usageSource !== 'none' || text.isEmpty) return;
  record.usage = countStream(plan, text);
  record.usageSource = 'estimated';
}

/** The same of one that broke off: what its provider reported on the way need not be all that was sent. */
export function billBrokenStream(call: BilledCall): void {
  const { record, text } = call;
  billStream(call);
  if (record.usageSource !== 'provider' || text.isEmpty) return;
  const missing = text.count() - outputTokensOf(record.usage);
  if (missing <= 0) return;
  record.usage = { ...record.usage, outputTokens: record.usage.outputTokens + missing };
  record.usageSource = 'estimated';
}

/**
 * A call that failed with nothing sent may have been work for the provider all the same: the prompt at least is billed,
 * and what is not text with it, lest a budget be passed by hanging up in time. What the provider refused or never had is free; docs/architecture.md
 * has the whole table.
 */
export function billPrompt({ call, plan, record, atProvider }: BilledCall, error: unknown): void {
  if (record.usageSource !== 'none' || atProvider === 'nothing') return;
  if (atProvider === 'request' && !call.signal.aborted && !mayBeCharged(error)) return;
  record.usage = estimateUnsaid(plan);
  record.usageSource = 'estimated';
}

/** What the caller is told, or that it was gone. */
export function noteFailure(record: CallRecord, call: InboundCall, error: unknown): void {
  if (call.signal.aborted) {
    record.status = CLIENT_CLOSED_STATUS;
    record.partial = true;
    return;
  }
  const { code, status } =
    error instanceof UpstreamRefusal ? { code: error.body.error.code, status: error.status } : toAppError(error);
  record.errorCode = code;
  record.status = status;
}
