import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer, type Answer } from '../../answers/plan-answer.js';
import type { AnswerContext, Call, DecodedCall, RefusedCall, Reply } from '../protocol.js';
import { encodeHead } from './encode-chat.js';
import { encodeFrames } from './stream-frames.js';
import { encodeUsage } from './usage.js';
import {
  checkInteger,
  missing,
  optionalNumber,
  readModel,
  readStop,
  readStreaming,
  wrongType,
  type Fields,
} from './validate.js';

const CHOICES_MAX = 128;
const OUTPUT_TOKENS_MAX = 1_000_000_000;

/** `POST /v1/completions`, the older protocol: one prompt in, text out. */
export function complete(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const refusal =
    checkPrompt(fields['prompt']) ??
    checkInteger(fields, 'n', 1, CHOICES_MAX) ??
    checkInteger(fields, 'max_tokens', 1, OUTPUT_TOKENS_MAX);
  if (refusal !== undefined) return refusal;
  const request = toRequest(fields);
  const { stream, includeUsage } = readStreaming(fields);
  return {
    kind: 'decoded',
    model,
    answer: (context) => {
      const answer = planAnswer(request, context.behaviour);
      return stream
        ? encodeStream(answer, context, request.choiceCount, includeUsage)
        : encodeWhole(answer, context, request.choiceCount);
    },
  };
}

function checkPrompt(prompt: unknown): RefusedCall | undefined {
  if (prompt === undefined || prompt === null) return missing('prompt');
  return typeof prompt === 'string' || Array.isArray(prompt)
    ? undefined
    : wrongType('prompt', 'a string or an array', prompt);
}

function toRequest(fields: Fields): ChatRequest {
  const { prompt } = fields;
  const texts = Array.isArray(prompt) ? prompt.filter((part) => typeof part === 'string') : [String(prompt)];
  const question = texts.join('\n');
  return {
    question,
    inputCharacters: question.length,
    tools: [],
    toolChoice: 'none',
    endsWithToolResult: false,
    outputTokensMax: optionalNumber(fields, 'max_tokens'),
    stopSequences: readStop(fields),
    format: 'text',
    choiceCount: optionalNumber(fields, 'n') ?? 1,
  };
}

function choiceOf(index: number, text: string, finishReason: string): string {
  return JSON.stringify({ text, index, logprobs: null, finish_reason: finishReason });
}

function encodeWhole(answer: Answer, context: AnswerContext, choiceCount: number): Reply {
  const choices = Array.from({ length: choiceCount }, (_, index) =>
    choiceOf(index, answer.content, answer.finishReason),
  );
  const usage = context.behaviour.usage ? `,"usage":${encodeUsage(answer.usage)}` : '';
  const body = `${encodeHead(context, 'cmpl-', 'text_completion')},"choices":[${choices.join(',')}]${usage}}`;
  return { kind: 'whole', status: 200, contentType: 'application/json', body };
}

function encodeStream(answer: Answer, context: AnswerContext, choiceCount: number, includeUsage: boolean): Reply {
  const shape = {
    head: encodeHead(context, 'cmpl-', 'text_completion'),
    choiceCount,
    blocks: answer.blocks.filter(({ kind }) => kind === 'text'),
    openChoice: undefined,
    openBlock: undefined,
    aroundToken: (index: number) => ({
      before: '{"text":',
      after: `,"index":${index},"logprobs":null,"finish_reason":null}`,
    }),
    closeChoice: (index: number) => choiceOf(index, '', answer.finishReason),
  };
  return encodeFrames(shape, context, includeUsage ? answer.usage : undefined);
}
