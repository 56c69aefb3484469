import type { Usage } from '@ao/pricing';
import type { Citation, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from './request.js';

/** Why an answer ended. `pause`: the provider wants to be asked to go on. */
export type FinishReason = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'pause';

export type AnswerPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart;

/** A whole answer in nobody's protocol. */
export interface Answer {
  readonly id: string | null;
  /** As the provider names it. */
  readonly model: string | null;
  readonly choices: readonly AnswerChoice[];
  readonly usage: Usage | null;
  /** How the provider says it served the call, as `@ao/pricing` names it. */
  readonly serviceTier: string | null;
}

export interface AnswerChoice {
  readonly parts: readonly AnswerPart[];
  /** Null where the provider gave none. */
  readonly finishReason: FinishReason | null;
  /** Of the reason `stop_sequence`. */
  readonly stopSequence: string | null;
  /** OpenAI's `logprobs` object, where the provider gives one. */
  readonly logprobs: unknown;
}

/**
 * A streamed answer in nobody's protocol. `choice` counts from 0; `index` counts a choice's tool calls from 0. Text,
 * reasoning and arguments come in pieces, in the order in which they are to be shown.
 */
export type AnswerEvent =
  | { readonly type: 'start'; readonly id: string | null; readonly model: string | null }
  | { readonly type: 'text'; readonly choice: number; readonly text: string; readonly logprobs?: unknown }
  | { readonly type: 'refusal'; readonly choice: number; readonly text: string }
  | { readonly type: 'citation'; readonly choice: number; readonly citation: Citation }
  | { readonly type: 'reasoning'; readonly choice: number; readonly text: string }
  /** Closes a stretch of reasoning; `redacted` is one that only the provider can read. */
  | {
      readonly type: 'reasoning_proof';
      readonly choice: number;
      readonly signature: string | null;
      readonly redacted: string | null;
    }
  | {
      readonly type: 'tool_call';
      readonly choice: number;
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly signature?: string;
    }
  | { readonly type: 'tool_arguments'; readonly choice: number; readonly index: number; readonly text: string }
  | {
      readonly type: 'finish';
      readonly choice: number;
      readonly reason: FinishReason;
      readonly stopSequence: string | null;
    }
  /** What was consumed so far; the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly serviceTier: string | null }
  /** The provider failed: nothing that follows counts. */
  | { readonly type: 'error'; readonly message: string }
  /** The protocol's end marker. */
  | { readonly type: 'done' };
