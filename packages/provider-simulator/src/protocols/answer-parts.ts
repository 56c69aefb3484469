import type { Answer, Block } from '../answers/plan-answer.js';

/** The blocks of an answer by what they are, where a protocol has a place of its own for each. */
export interface AnswerParts {
  readonly reasoning: Block | undefined;
  readonly text: Block | undefined;
  readonly toolCalls: readonly Block[];
}

/** Takes an answer apart. */
export function answerParts({ blocks }: Answer): AnswerParts {
  return {
    reasoning: blocks.find(({ kind }) => kind === 'reasoning'),
    text: blocks.find(({ kind }) => kind === 'text'),
    toolCalls: blocks.filter(({ kind }) => kind === 'tool_call'),
  };
}
