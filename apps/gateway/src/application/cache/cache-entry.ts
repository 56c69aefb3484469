import { nanoUsd, type NanoUsd } from '@ao/kernel';
import { NO_USAGE, type Usage } from '@ao/pricing';
import type { Answer } from '@ao/wire';

/** An answer as it went out, byte for byte, or what a stream said. */
export type CachedContent =
  { kind: 'body'; contentType: string; isStream: boolean; text: string } | { kind: 'answer'; answer: Answer };

/** An answer that is kept. */
export interface CacheEntry {
  content: CachedContent;
  createdAtMs: number;
  /** What it had cost. */
  cost: NanoUsd;
  usage: Usage;
  /** Who gave it. */
  provider: string;
  model: string;
}

interface StoredEntry extends Omit<CacheEntry, 'cost'> {
  version: 1;
  cost: string;
  /** Of its scope when it was asked for. */
  generation: string;
}

/** As text, of one generation of its scope. */
export function encodeEntry(entry: CacheEntry, generation: string): string {
  return JSON.stringify({ version: 1, ...entry, cost: entry.cost.toString(), generation } satisfies StoredEntry);
}

/** The entry and its generation; null for text that is no entry, and for one that nobody may be served. */
export function decodeEntry(text: string): { entry: CacheEntry; generation: string } | null {
  const stored = parse(text);
  if (!isStoredEntry(stored) || !isServable(stored.content)) return null;
  const { version: _version, cost, generation, ...rest } = stored;
  return { entry: { ...rest, usage: { ...NO_USAGE, ...rest.usage }, cost: nanoUsd(BigInt(cost)) }, generation };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isStoredEntry(value: unknown): value is StoredEntry {
  if (!isRecord(value)) return false;
  const { version, content, createdAtMs, cost, usage, provider, model, generation } = value;
  return (
    version === 1 &&
    isRecord(content) &&
    Number.isInteger(createdAtMs) &&
    typeof cost === 'string' &&
    /^\d{1,30}$/.test(cost) &&
    isRecord(usage) &&
    [provider, model, generation].every((text) => typeof text === 'string')
  );
}

/** Whole, not empty, and no error: asked before an answer is kept, and again before it is served. */
export function isServable(content: CachedContent): boolean {
  if (content.kind === 'answer') return isWhole(content.answer);
  if (content.kind !== 'body' || typeof content.text !== 'string' || content.text === '') return false;
  if (typeof content.contentType !== 'string' || typeof content.isStream !== 'boolean') return false;
  if (content.isStream) return true;
  const body = parse(content.text);
  return isRecord(body) && (body['error'] === undefined || body['error'] === null);
}

/** Every choice came to its end by itself, says something, and calls no tool. */
export function isWhole({ choices }: Answer): boolean {
  return (
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every(
      ({ parts, finishReason }) =>
        ENDS.has(finishReason) &&
        Array.isArray(parts) &&
        parts.some((part) => part.type === 'text' && part.text !== '') &&
        parts.every((part) => part.type === 'text' || part.type === 'reasoning'),
    )
  );
}

/** `length` too: the answer to the same question with the same limit ends there again. */
const ENDS: ReadonlySet<unknown> = new Set(['stop', 'stop_sequence', 'length']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
