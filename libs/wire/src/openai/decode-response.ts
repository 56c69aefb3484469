import { readJson } from '../json-fields.js';
import { scanAnswer } from './scan-answer.js';

/** What the gateway must know of a whole (not streamed) chat or legacy completion. */
export interface CompletionFacts {
  readonly finishReason: string | null;
  /** The provider's usage object as it is, or null; `@ao/pricing` maps it. */
  readonly usage: unknown;
  /** The provider's word for how it served the call, or null; `serviceTierFromOpenAi` of `@ao/pricing` reads it. */
  readonly serviceTier: string | null;
  /** Bytes of generated text as JSON spells it. */
  readonly textBytes: number;
}

/** Reads a whole completion in one pass; null when it is cut off or not JSON. For embeddings use `usageFromBody`. */
export function readCompletion(body: Buffer): CompletionFacts | null {
  const scan = scanAnswer(body);
  if (scan === null) return null;
  const { finishReason, serviceTier, textBytes } = scan;
  try {
    return { finishReason, serviceTier, textBytes, usage: scan.usage ? readJson(body, scan.usage) : null };
  } catch {
    return null;
  }
}
