import { readJson, type ByteRange } from '../json-fields.js';
import { frameData } from '../sse-frame.js';
import { scanAnswer, type AnswerScan } from './scan-answer.js';

/** One frame of a streamed answer, as far as the gateway must understand it. */
export interface StreamFrame {
  /**
   * `chunk`: part of the answer. `usage`: the extra chunk with no choices that `stream_options.include_usage` asks for,
   * to be withheld from a client that did not ask. `error`: the provider failed. `done`: the end marker.
   * `empty`: a comment or keep-alive. `malformed`: cut off or not JSON.
   */
  readonly kind: 'chunk' | 'usage' | 'error' | 'done' | 'empty' | 'malformed';
  readonly finishReason: string | null;
  /** The provider's usage object as it is, or null; `@ao/pricing` maps it. May come in a `chunk` too. */
  readonly usage: unknown;
  /** The provider's word for how it serves the call, or null; `serviceTierFromOpenAi` of `@ao/pricing` reads it. */
  readonly serviceTier: string | null;
  /** The provider's error object or text, of kind `error`. */
  readonly error: unknown;
  /** Bytes of generated text as JSON spells it; 0 means that there is nothing to count. */
  readonly textBytes: number;
}

const plain = (kind: StreamFrame['kind']): StreamFrame =>
  Object.freeze({ kind, finishReason: null, usage: null, serviceTier: null, error: null, textBytes: 0 });
const DONE_FRAME = plain('done');
const EMPTY_FRAME = plain('empty');
const MALFORMED_FRAME = plain('malformed');

const EMPTY = Buffer.alloc(0);
const DONE_BYTES_MIN = '[DONE]'.length;

/** A provider whose heads differ from chunk to chunk gains nothing from remembering them. */
const HEADS_LEARNED_MAX = 4;

/**
 * Reads the frames of one stream (from `SseScanner`), in order. Chunks of a stream begin with the same id, model and so on:
 * that head is remembered, so that the rest is read at about half the cost.
 */
export class StreamReader {
  private head: Buffer = EMPTY;
  /** As last told: where chunks begin alike, it is read once. */
  private serviceTier: string | null = null;
  private headsLearned = 0;

  /** Never throws: what cannot be understood is `malformed`. */
  read(frame: Buffer): StreamFrame {
    const data = frameData(frame);
    if (data === null || data.length === 0) return EMPTY_FRAME;
    const scan = this.scan(data);
    if (scan === null) return isDone(data) ? DONE_FRAME : MALFORMED_FRAME;
    const { finishReason, textBytes } = scan;
    this.serviceTier = scan.serviceTier ?? this.serviceTier;
    const usage = scan.usage && readOrNull(data, scan.usage);
    const error = scan.error && readOrNull(data, scan.error);
    return { kind: kindOf(scan), finishReason, usage, serviceTier: this.serviceTier, error, textBytes };
  }

  private scan(data: Buffer): AnswerScan | null {
    const { head } = this;
    if (head.length > 0 && data.length > head.length && data.compare(head, 0, head.length, 0, head.length) === 0) {
      return scanAnswer(data, head.length);
    }
    const scan = scanAnswer(data);
    if (scan !== null && scan.headEnd !== null && this.headsLearned < HEADS_LEARNED_MAX) {
      this.head = Buffer.from(data.subarray(0, scan.headEnd));
      this.headsLearned += 1;
    }
    return scan;
  }
}

/** Reads one frame on its own; for a whole stream use a `StreamReader`. Never throws. */
export function readFrame(frame: Buffer): StreamFrame {
  return new StreamReader().read(frame);
}

/** Providers put their generated text in these fields of a delta. */
interface Delta {
  content?: unknown;
  reasoning?: unknown;
  reasoning_content?: unknown;
  refusal?: unknown;
  tool_calls?: { function?: { name?: unknown; arguments?: unknown } }[];
}

/**
 * The generated text of a frame of kind `chunk`, all choices and kinds of text together, for counting when the provider
 * reports no usage. Parses the whole frame: not for the ordinary path.
 */
export function frameText(frame: Buffer): string {
  const data = frameData(frame);
  const chunk = data && (readOrNull(data, { start: 0, end: data.length }) as { choices?: unknown } | null);
  if (!Array.isArray(chunk?.choices)) return '';
  return (chunk.choices as { delta?: Delta; text?: unknown }[]).map((choice) => choiceText(choice)).join('');
}

function choiceText(choice: { delta?: Delta; text?: unknown } | null): string {
  const delta = choice?.delta;
  const calls = Array.isArray(delta?.tool_calls) ? delta.tool_calls : [];
  const texts = [choice?.text, delta?.reasoning_content ?? delta?.reasoning, delta?.content, delta?.refusal];
  for (const call of calls) texts.push(call?.function?.name, call?.function?.arguments);
  return texts.filter((text) => typeof text === 'string').join('');
}

function kindOf(scan: AnswerScan): StreamFrame['kind'] {
  if (scan.error) return 'error';
  return scan.usage && scan.hasNoChoices ? 'usage' : 'chunk';
}

function isDone(data: Buffer): boolean {
  return data.length >= DONE_BYTES_MIN && data.toString('latin1').trim() === '[DONE]';
}

function readOrNull(bytes: Buffer, range: ByteRange): unknown {
  try {
    return readJson(bytes, range);
  } catch {
    return null;
  }
}
