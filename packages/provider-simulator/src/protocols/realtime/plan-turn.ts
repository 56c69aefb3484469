import type { OfferedTool } from '../../answers/chat-request.js';
import { planAnswer, type Answer } from '../../answers/plan-answer.js';
import type { Behaviour } from '../../behaviour/behaviour.js';

/** What was said in a conversation so far. */
export interface Conversation {
  readonly question: string;
  readonly inputCharacters: number;
  readonly tools: readonly OfferedTool[];
  readonly endsWithToolResult: boolean;
}

/** Nothing said yet. */
export const SILENT: Conversation = { question: '', inputCharacters: 0, tools: [], endsWithToolResult: false };

/** Decides what the model says next. */
export function planTurn(conversation: Conversation, behaviour: Readonly<Behaviour>): Answer {
  const rest = { outputTokensMax: undefined, format: 'text', choiceCount: 1, toolChoice: 'auto' } as const;
  return planAnswer({ ...conversation, ...rest }, behaviour);
}

/** The conversation after one more text of the user. */
export function withText(conversation: Conversation, text: string): Conversation {
  const inputCharacters = conversation.inputCharacters + text.length;
  return { ...conversation, question: text, inputCharacters, endsWithToolResult: false };
}

/** The conversation after the result of a tool. */
export function withToolResult(conversation: Conversation, characters: number): Conversation {
  return { ...conversation, inputCharacters: conversation.inputCharacters + characters, endsWithToolResult: true };
}

/** A message as JSON, or undefined when it is no object. */
export function parseMessage(message: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
