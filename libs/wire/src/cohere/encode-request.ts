import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { droppedOf } from '../canonical/dropped.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { documentsOf, encodeMessages } from './encode-messages.js';

/** Of those that think; others refuse to be told how. */
const REASONS = /reasoning/;
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 31_000,
  max: 31_000,
};

/** The body of `POST /v2/chat`. */
export function encodeRequest(request: ConversationRequest, { model }: EncodeOptions): EncodedRequest {
  const { tools } = request;
  const documents = documentsOf(request.messages);
  const body = {
    model,
    messages: encodeMessages(request.system, request.messages),
    stream: request.stream,
    ...(documents.length > 0 && { documents }),
    ...(tools.length > 0 && { tools: tools.map(encodeTool), ...choiceOf(request.toolChoice) }),
    ...(tools.some(({ strict }) => strict === true) && { strict_tools: true }),
    ...formatOf(request.outputFormat),
    ...thinkingOf(request.reasoning, model),
    ...given('max_tokens', request.maxOutputTokens),
    ...given('temperature', request.temperature),
    ...given('p', request.topP),
    ...given('k', request.topK),
    ...given('seed', request.seed),
    ...given('frequency_penalty', penalty(request.frequencyPenalty)),
    ...given('presence_penalty', penalty(request.presencePenalty)),
    ...(request.stop.length > 0 && { stop_sequences: request.stop }),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: dropped(request) };
}

const given = (key: string, value: number | null): object => (value === null ? {} : { [key]: value });

/** Cohere's penalties go from 0 to 1. */
const isPenalty = (value: number): boolean => value >= 0 && value <= 1;
const penalty = (value: number | null): number | null => (value !== null && isPenalty(value) ? value : null);

function dropped(request: ConversationRequest): string[] {
  const { toolChoice, frequencyPenalty, presencePenalty } = request;
  return droppedOf(
    request,
    ['tool_choice', toolChoice?.kind === 'tool' && request.tools.length !== 1],
    ['parallel_tool_calls', request.parallelToolCalls === false && request.tools.length > 0],
    ['frequency_penalty', frequencyPenalty !== null && !isPenalty(frequencyPenalty)],
    ['presence_penalty', presencePenalty !== null && !isPenalty(presencePenalty)],
    ['n', request.choices > 1],
    ['logprobs', request.topLogprobs !== null],
    ['logit_bias', request.logitBias !== null],
  );
}

function encodeTool({ name, description, parameters }: Tool): object {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  };
}

function choiceOf(choice: ToolChoice | null): object {
  switch (choice?.kind) {
    case 'none':
      return { tool_choice: 'NONE' };
    case 'required':
    case 'tool':
      return { tool_choice: 'REQUIRED' };
    default:
      return {};
  }
}

function formatOf(format: OutputFormat): object {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'schema':
      return { response_format: { type: 'json_object', json_schema: format.schema } };
  }
}

function thinkingOf(reasoning: Reasoning | null, model: string): object {
  if (reasoning === null || !REASONS.test(model)) return {};
  if (reasoning.effort === 'none') return { thinking: { type: 'disabled' } };
  const budget = reasoning.budgetTokens ?? BUDGETS[reasoning.effort ?? ''] ?? null;
  return { thinking: { type: 'enabled', ...given('token_budget', budget) } };
}
