import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { openAiReasonOf } from '../openai-chat/finish-reasons.js';
import { encodeUsage } from '../openai-chat/usage.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';

/** Writes the chunks of a streamed legacy completion. */
export class CompletionStreamEncoder implements StreamEncoder {
  private readonly head: string;

  constructor(private readonly context: AnswerContext) {
    const { id, model, nowS } = context;
    const head = JSON.stringify({ id: `cmpl-${id}`, object: 'text_completion', created: nowS, model });
    this.head = `data: ${head.slice(0, -1)},"choices":`;
  }

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return this.chunk(event.choice, event.text, null);
      case 'finish':
        return this.chunk(event.choice, '', openAiReasonOf(event.reason));
      default:
        return '';
    }
  }

  close(usage: Usage, costUsd: string | null): string {
    if (!this.context.includeUsage && costUsd === null) return DONE;
    // Written by hand: a cost is exact to the last digit, which a float is not.
    const told = JSON.stringify(encodeUsage(usage));
    const withCost = costUsd === null ? told : `${told.slice(0, -1)},"cost":${costUsd}}`;
    return `${this.head}[],"usage":${withCost}}\n\n${DONE}`;
  }

  fail(error: ErrorBody): string {
    return `data: ${JSON.stringify(error)}\n\n${DONE}`;
  }

  private chunk(index: number, text: string, finishReason: string | null): string {
    const choice = JSON.stringify({ text, index, logprobs: null, finish_reason: finishReason });
    return `${this.head}[${choice}]}\n\n`;
  }
}

const DONE = 'data: [DONE]\n\n';
