import { NO_USAGE } from '@ao/pricing';
import type { Answer, AnswerChoice, AnswerPart } from '../canonical/index.js';
import type { AnswerContext } from '../protocol.js';
import { endingOf, type Ending } from './finish-reasons.js';
import {
  callItem,
  callItemIdOf,
  encodeCitation,
  encodeLogprobs,
  messageItem,
  proofItem,
  reasoningItem,
  refusalContent,
  textContent,
} from './output-items.js';
import { itemIdOf, responseObject } from './response-object.js';
import { toolKindsOf } from './tools.js';

type Said = Extract<AnswerPart, { type: 'text' | 'refusal' }>;

/** A whole `response`, under an id of ours. Of several choices its clients see the first: they cannot ask for more. */
export function encodeAnswer(answer: Answer, context: AnswerContext): string {
  const choice = answer.choices[0];
  const ending = endingOf(choice?.finishReason ?? 'stop');
  const output = choice ? encodeOutput(choice, context, ending.status) : [];
  const { usage, serviceTier } = answer;
  return JSON.stringify(responseObject(context, ending, { output, usage: usage ?? NO_USAGE, serviceTier }));
}

function encodeOutput(choice: AnswerChoice, context: AnswerContext, ended: Ending['status']): object[] {
  const kinds = toolKindsOf(context.request);
  const logprobs = encodeLogprobs(choice.logprobs);
  const items: object[] = [];
  const groups = grouped(choice.parts);
  for (const group of groups) {
    const index = items.length;
    const part = group[0]!;
    const status = group === groups.at(-1) ? ended : 'completed';
    switch (part.type) {
      case 'text':
      case 'refusal':
        items.push(messageItem(itemIdOf('msg', context, index), status, encodeSaid(group as Said[], logprobs)));
        break;
      case 'reasoning':
        items.push(reasoningItem(itemIdOf('rs', context, index), part));
        break;
      case 'tool_call': {
        const { id: callId, name, argumentsJson, signature } = part;
        const kind = kinds.get(name) ?? 'function';
        if (signature !== undefined) items.push(proofItem(itemIdOf('rs', context, index), signature));
        const id = callItemIdOf(kind, context, items.length);
        items.push(callItem({ kind, id, callId, name }, status, argumentsJson));
      }
    }
  }
  return items;
}

const isSaid = (part: AnswerPart | undefined): boolean => part?.type === 'text' || part?.type === 'refusal';

/** Words that follow each other are one message; everything else is an item of its own. */
function grouped(parts: readonly AnswerPart[]): AnswerPart[][] {
  const groups: AnswerPart[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (isSaid(part) && isSaid(last?.[0])) last!.push(part);
    else groups.push([part]);
  }
  return groups;
}

function encodeSaid(parts: readonly Said[], logprobs: readonly object[]): object[] {
  const first = parts.findIndex(({ type }) => type === 'text');
  return parts.map((part, index) => {
    if (part.type === 'refusal') return refusalContent(part.text);
    const annotations = (part.citations ?? []).flatMap(encodeCitation);
    return textContent(part.text, annotations, index === first ? logprobs : []);
  });
}
