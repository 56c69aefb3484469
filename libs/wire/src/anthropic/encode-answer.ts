import { NO_USAGE } from '@ao/pricing';
import type { Answer, AnswerPart } from '../canonical/index.js';
import type { AnswerContext } from '../protocol.js';
import { argumentsOf } from '../canonical/tool-texts.js';
import { stopReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** A whole `message`. Of several choices Anthropic's clients see the first: they cannot ask for more. */
export function encodeAnswer(answer: Answer, { id, model }: AnswerContext): string {
  const choice = answer.choices[0];
  return JSON.stringify({
    id: answer.id ?? `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: (choice?.parts ?? []).flatMap(encodePart),
    stop_reason: choice?.finishReason ? stopReasonOf(choice.finishReason) : 'end_turn',
    stop_sequence: choice?.stopSequence ?? null,
    usage: encodeUsage(answer.usage ?? NO_USAGE),
  });
}

function encodePart(part: AnswerPart): object[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'tool_call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: argumentsOf(part.argumentsJson) }];
    case 'reasoning':
      return part.redacted === null
        ? [{ type: 'thinking', thinking: part.text, signature: part.signature ?? '' }]
        : [{ type: 'redacted_thinking', data: part.redacted }];
  }
}
