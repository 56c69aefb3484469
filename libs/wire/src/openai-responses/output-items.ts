import type { Citation, ReasoningPart } from '../canonical/index.js';
import { fieldsOf, objectsOf, listOf } from '../json-object.js';
import type { AnswerContext } from '../protocol.js';
import { callProof, encryptedContentOf } from './proofs.js';
import { itemIdOf } from './response-object.js';
import { customInputOf, shellActionOf, type ToolKind } from './tools.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** The words of a message: text with what it cites, or a refusal. */
export const textContent = (text: string, annotations: readonly object[], logprobs: readonly object[]): object => ({
  type: 'output_text',
  text,
  annotations,
  logprobs,
});

export const refusalContent = (refusal: string): object => ({ type: 'refusal', refusal });

/** Of what is no page of the web this protocol can tell nothing. */
export function encodeCitation({ url, title, start, end }: Citation): object[] {
  if (url === null) return [];
  return [{ type: 'url_citation', url, title: title ?? '', start_index: start ?? 0, end_index: end ?? 0 }];
}

/** Chat completions' log probabilities as these answers have them. */
export const encodeLogprobs = (logprobs: unknown): object[] =>
  objectsOf(fieldsOf(logprobs)['content']).map(({ token, logprob, bytes, top_logprobs: top }) => ({
    token,
    logprob,
    bytes: listOf(bytes),
    top_logprobs: objectsOf(top),
  }));

export function messageItem(id: string, status: ItemStatus, content: readonly object[]): object {
  return { id, type: 'message', status, role: 'assistant', content };
}

export function reasoningItem(id: string, { text, ...proof }: Omit<ReasoningPart, 'type'>): object {
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: encryptedContentOf(proof),
  };
}

/** Stands before a call whose proof must come back with it. */
export const proofItem = (id: string, signature: string): object => ({
  id,
  type: 'reasoning',
  summary: [],
  encrypted_content: callProof(signature),
});

/** A call as the client declared its tool. */
export interface CalledTool {
  readonly kind: ToolKind;
  readonly id: string;
  readonly callId: string;
  readonly name: string;
}

const CALL_PREFIXES = { function: 'fc', custom: 'ctc', local_shell: 'lsh' } as const;

export const callItemIdOf = (kind: ToolKind, context: AnswerContext, index: number): string =>
  itemIdOf(CALL_PREFIXES[kind], context, index);

export function callItem({ kind, id, callId, name }: CalledTool, status: ItemStatus, argumentsJson: string): object {
  const call = { id, status, call_id: callId };
  switch (kind) {
    case 'function':
      return { ...call, type: 'function_call', name, arguments: argumentsJson };
    case 'custom':
      return {
        ...call,
        type: 'custom_tool_call',
        name,
        input: argumentsJson === '' ? '' : customInputOf(argumentsJson),
      };
    case 'local_shell':
      return { ...call, type: 'local_shell_call', action: shellActionOf(argumentsJson) };
  }
}
