import { eventsOf, openai, type Answer, type Labels } from '@ao/wire';
import type { CacheableEndpoint } from './cacheable-call.js';
import type { CacheEntry } from './cache-entry.js';

/** How the caller of now is to be answered. */
export interface ReplayTarget {
  endpoint: CacheableEndpoint;
  labels: Labels;
  stream: boolean;
  includeUsage: boolean;
  /** The answer says its cost, which is nothing. */
  includeCost: boolean;
}

/** An answer ready to be sent. */
export interface Replay {
  contentType: string;
  isStream: boolean;
  body: Buffer;
}

const NO_COST = '0';

/** An answer that is kept, as this caller asked for it; null when it cannot be told so. */
export function replayOf(entry: CacheEntry, target: ReplayTarget): Replay | null {
  const { content } = entry;
  const { endpoint, stream } = target;
  const fits = content.kind === 'body' && content.isStream === stream;
  if (fits && !endpoint.hasIds) {
    const body = Buffer.from(content.text);
    const told = target.includeCost && !stream ? withNoCost(body, endpoint) : body;
    return { contentType: content.contentType, isStream: stream, body: told };
  }
  const answer = answerOf(entry, endpoint);
  return answer && encode({ ...answer, usage: entry.usage }, target);
}

/** In place of what the answer had cost. */
function withNoCost(body: Buffer, { codec, type }: CacheableEndpoint): Buffer {
  if (codec) return Buffer.from(codec.withCost?.(body.toString(), NO_COST) ?? body);
  return type === 'ollama' ? body : openai.addCost(body, NO_COST);
}

function answerOf({ content }: CacheEntry, { codec }: CacheableEndpoint): Answer | null {
  if (content.kind === 'answer') return content.answer;
  if (!codec || content.isStream) return null;
  try {
    return codec.decodeAnswer(Buffer.from(content.text));
  } catch {
    return null;
  }
}

function encode(answer: Answer, { endpoint, labels, stream, includeUsage, includeCost }: ReplayTarget): Replay | null {
  const { codec } = endpoint;
  if (!codec || !answer.usage) return null;
  // Under the id of this call: what goes out twice under one id could be stored twice under it.
  const own = { ...answer, id: null };
  if (!stream) {
    const text = codec.encodeAnswer(own, { ...labels, includeUsage: true });
    const told = includeCost ? (codec.withCost?.(text, NO_COST) ?? text) : text;
    return { contentType: 'application/json', isStream: false, body: Buffer.from(told) };
  }
  // Most protocols tell sources in whole answers only.
  if (codec.name !== 'openai-chat' && hasCitations(answer)) return null;
  const encoder = codec.createEncoder({ ...labels, includeUsage });
  const frames = eventsOf(own).map((event) => encoder.encode(event));
  const end = encoder.close(answer.usage, includeCost ? NO_COST : null);
  return { contentType: codec.streamContentType, isStream: true, body: Buffer.from([...frames, end].join('')) };
}

const hasCitations = ({ choices }: Answer): boolean =>
  choices.some(({ parts }) => parts.some((part) => part.type === 'text' && (part.citations?.length ?? 0) > 0));
