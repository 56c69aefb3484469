import type { IncomingHttpHeaders } from 'node:http';
import type { Behaviour } from '../behaviour/behaviour.js';
import type { ProblemKind } from '../behaviour/faults.js';
import type { Memory } from '../memory/memory.js';

/**
 * A provider's protocol. Each has a folder with the same file names:
 * `index.ts` the protocol, `routes.ts` which path is which operation, `decode-chat.ts` request → ChatRequest,
 * `encode-chat.ts` Answer → body, `encode-chat-stream.ts` Answer → frames, `usage.ts`, `errors.ts`, and
 * `embeddings.ts`, `completions.ts`, `models.ts` where the protocol has them.
 */
export interface Protocol {
  readonly name: string;
  /**
   * The operation behind a method and path (no query), `wrong_method`, or undefined when the path is not of this protocol. The
   * headers tell apart what two protocols have at the same path.
   */
  route(method: string, path: string, headers: IncomingHttpHeaders): Operation | 'wrong_method' | undefined;
  /** The protocol's way of saying that something is wrong. */
  encodeProblem: EncodeProblem;
  /** What every answer of the protocol carries, names and values in turn. */
  headers(id: string, nowMs: number): readonly string[];
}

/** @param id of the answer, without the protocol's prefix, for protocols that repeat it in the body. */
export type EncodeProblem = (problem: Problem, id: string) => WholeReply;

export interface Problem {
  readonly kind: ProblemKind;
  readonly model: string;
  /** Overrides the usual text of the kind, as do the next two. */
  readonly message?: string;
  readonly param?: string;
  /** `null` where the kind has a code but this problem has none. */
  readonly code?: string | null;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; of a multipart form its texts and `UploadedFile`s by name; undefined when there was none. */
  readonly body: unknown;
  /** The body as it came, for signatures. */
  readonly bodyText: string;
  /** What this simulator keeps between requests. */
  readonly memory: Memory;
}

export type Operation = (call: Call) => DecodedCall | RefusedCall;

export interface DecodedCall {
  readonly kind: 'decoded';
  /** As the client sent it, directives and all. */
  readonly model: string;
  answer(context: AnswerContext): Reply;
  /** Where the form of an error depends on the call: instead of the protocol's own. */
  readonly encodeProblem?: EncodeProblem;
}

export interface RefusedCall {
  readonly kind: 'refused';
  readonly problem: Problem;
}

export interface AnswerContext {
  /** The model's name without directives. */
  readonly model: string;
  readonly behaviour: Readonly<Behaviour>;
  /** Unique, without the protocol's prefix. */
  readonly id: string;
  readonly nowMs: number;
}

/** Text is sent as UTF-8; binary protocols give bytes. */
export type Frame = string | Uint8Array;

export interface WholeReply {
  readonly kind: 'whole';
  readonly status: number;
  readonly contentType: string;
  readonly body: Frame;
  /** More headers, names and values in turn. */
  readonly headers?: readonly string[];
}

/** A stream, frame by frame, made when it is needed: a long answer is never in memory as a whole. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly contentType: string;
  /** What comes before the first token. */
  readonly open: Frame;
  readonly tokenCount: number;
  /** Asked for each index once, in order. */
  token(index: number): Frame;
  /** What comes after the last token: finish reason, usage, end marker. */
  readonly close: Frame;
  /** A frame that no client can parse. */
  readonly malformed: Frame;
  /** The provider's complaint in the middle of a stream. */
  readonly error: Frame;
}

export type Reply = WholeReply | StreamReply;

/** Shorthand for the operations. */
export function refuse(problem: Problem): RefusedCall {
  return { kind: 'refused', problem };
}
