import { NO_USAGE, usageOf, type Usage } from '@ao/pricing';
import { meterText } from '@ao/tokens';
import type { CallPlan } from './plan-call.js';
import type { StreamedText } from './streamed-text.js';

/** Counts for ourselves what the provider did not report: marked `estimated`, and never free. */

/**
 * The prompt of a call that is to be billed. Never more than was reserved for it: images in the text would count as text.
 * A body that only a lenient provider can read is billed at its bound, or the call would be free.
 */
function estimatePrompt({ route, request, promptTokensBound }: CallPlan): number {
  try {
    return Math.min(request.countPrompt(route.model), promptTokensBound);
  } catch {
    return promptTokensBound;
  }
}

/** What a caller received of a stream. */
export function countStream(plan: CallPlan, text: StreamedText): Usage {
  return text.isEmpty ? NO_USAGE : usageOf({ inputTokens: estimatePrompt(plan), outputTokens: text.count() });
}

/** A whole answer without usage. */
export function countAnswer(plan: CallPlan, text: string): Usage {
  const { tokens: outputTokens } = meterText(plan.route.model, text);
  return usageOf({ ...estimateUnsaid(plan), outputTokens });
}

/** What a call without text in its answer consumes: the prompt, and what is known of such calls. */
export function estimateUnsaid(plan: CallPlan): Usage {
  return usageOf({ inputTokens: estimatePrompt(plan), ...plan.request.assumedUsage });
}
