import type { UsageReport } from '@ao/contracts';
import type { NanoUsd } from '@ao/kernel';
import type { Responder } from '../calls/call.js';
import type { Replay } from './replay.js';

/** What the cache must know of a call beside its bytes. */
export interface CacheFacts {
  /** As the caller named it. */
  model: string;
  /** What it is called by, whoever serves it. */
  modelGroup: string;
  stream: boolean;
  includeUsage: boolean;
  /** The answer says its cost. */
  includeCost: boolean;
  /** The answer need not be text. */
  mediaOutput: boolean;
  /** Paid with the caller's own provider key. */
  ownKey: boolean;
}

/** The answer is there. */
export interface CacheHit {
  kind: 'hit';
  outcome: 'hit' | 'semantic';
  /** What it had cost. */
  saved: NanoUsd;
  headers: Readonly<Record<string, string>>;
  replay: Replay;
}

/** The call is to be made. */
export interface CacheMiss {
  kind: 'miss';
  outcome: 'miss' | 'bypass';
  /** Sees what goes out and adds what the cache has to say; the call is answered through it. */
  record(out: Responder): Responder;
  /** Must be told once how the call ended, whatever became of it; null: without a report. Nothing waits for it. */
  finish(report: UsageReport | null): void;
}

export type CacheTurn = CacheHit | CacheMiss;

/** `X-Cache` with how sure the answer is the right one, ours, and those of LiteLLM. */
export function cacheHeaders(
  outcome: CacheTurn['outcome'],
  { key, similarity = 1 }: { key?: string; similarity?: number } = {},
): Record<string, string> {
  const isHit = outcome === 'hit' || outcome === 'semantic';
  return {
    'x-cache': NAMES[outcome],
    'x-cache-confidence': isHit ? decimal(similarity) : '0',
    'x-ao-cache': outcome,
    ...(key !== undefined && { 'x-litellm-cache-key': key }),
    ...(outcome === 'semantic' && { 'x-litellm-semantic-similarity': decimal(similarity) }),
  };
}

/** Rounding must not lift a similarity to a certainty. */
const decimal = (value: number): string => String(Math.floor(Math.min(Math.max(value, 0), 1) * 10_000) / 10_000);

const NAMES = { hit: 'HIT', semantic: 'SEMANTIC', miss: 'MISS', bypass: 'BYPASS' } as const;
