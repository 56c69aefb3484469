import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { droppedOf } from '../canonical/dropped.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { cacheControl, encodeMessages, encodeText } from './encode-content.js';

/** Claude 4.6 and later weigh their thinking themselves; earlier ones are given a budget. */
const ADAPTIVE = /claude-(?:opus|sonnet|haiku)-(?:4-[6-9]|[5-9])|claude-(?:mythos|fable)/;
const BUDGET_TOKENS_MIN = 1_024;
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};

/** The body of `POST /v1/messages`; Anthropic wants a limit, so the platform's own goes where the client set none. */
export function encodeRequest(request: ConversationRequest, { model, maxOutputTokens }: EncodeOptions): EncodedRequest {
  const { tools, temperature, outputFormat } = request;
  const reasoning = encodeReasoning(request.reasoning, model, maxOutputTokens);
  const isWarm = temperature !== null && temperature > 1;
  const outputConfig = { ...formatOf(outputFormat), ...reasoning.outputConfig };
  const body = {
    model,
    max_tokens: maxOutputTokens,
    messages: encodeMessages(request.messages.filter(({ role }) => role !== 'system')),
    ...systemOf(request),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...toolChoiceOf(request),
    // A thinking model refuses to be told how to draw its words.
    ...(temperature !== null && !isWarm && !reasoning.thinking && { temperature }),
    ...(request.topP !== null && { top_p: request.topP }),
    ...(request.topK !== null && { top_k: request.topK }),
    ...(request.stop.length > 0 && { stop_sequences: request.stop }),
    ...(reasoning.thinking && { thinking: reasoning.thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(request.user !== null && { metadata: { user_id: request.user } }),
    ...(request.stream && { stream: true }),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: dropped(request, isWarm) };
}

function dropped(request: ConversationRequest, isWarm: boolean): string[] {
  return droppedOf(
    request,
    ['seed', request.seed !== null],
    ['frequency_penalty', request.frequencyPenalty !== null],
    ['presence_penalty', request.presencePenalty !== null],
    ['n', request.choices > 1],
    ['logprobs', request.topLogprobs !== null],
    ['logit_bias', request.logitBias !== null],
    ['temperature', isWarm],
  );
}

/** Anthropic knows instructions only before the conversation: later ones join them, in their order. */
function systemOf({ system, messages, outputFormat }: ConversationRequest): { system?: object[] } {
  const later = messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ parts }) => parts.filter((part) => part.type === 'text'));
  const all = [...system, ...later].filter(({ text }) => text !== '').map(encodeText);
  if (outputFormat.kind === 'json') all.push({ type: 'text', text: JSON_WANTED });
  return all.length > 0 ? { system: all } : {};
}

/** Anthropic has no setting for JSON without a schema. */
const JSON_WANTED = 'Answer with one JSON object and nothing else.';

function formatOf(format: OutputFormat): object {
  return format.kind === 'schema' ? { format: { type: 'json_schema', schema: format.schema } } : {};
}

function encodeTool({ name, description, parameters, strict, cache }: Tool): object {
  return {
    name,
    ...(description !== null && { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict === true && { strict }),
    ...cacheControl(cache),
  };
}

function toolChoiceOf({ toolChoice, parallelToolCalls, tools }: ConversationRequest): { tool_choice?: object } {
  const isSerial = parallelToolCalls === false && tools.length > 0;
  if (toolChoice === null && !isSerial) return {};
  const serial = isSerial && toolChoice?.kind !== 'none' ? { disable_parallel_tool_use: true } : {};
  return { tool_choice: { ...encodeToolChoice(toolChoice ?? { kind: 'auto' }), ...serial } };
}

function encodeToolChoice(choice: ToolChoice): object {
  switch (choice.kind) {
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'required':
      return { type: 'any' };
    default:
      return { type: choice.kind };
  }
}

/** How Claude is told to think. */
export function encodeReasoning(
  reasoning: Reasoning | null,
  model: string,
  maxOutputTokens: number,
): { thinking?: object; outputConfig?: object } {
  if (reasoning === null || reasoning.effort === 'none') return {};
  const { effort, budgetTokens, isAdaptive, isShown } = reasoning;
  if (budgetTokens === null && (isAdaptive || ADAPTIVE.test(model))) {
    const word = effort === 'minimal' ? 'low' : effort;
    return {
      thinking: { type: 'adaptive', ...(isShown === false && { display: 'omitted' }) },
      ...(word !== null && { outputConfig: { effort: word } }),
    };
  }
  const wanted = budgetTokens ?? BUDGETS[effort ?? 'medium']!;
  // Thinking is part of the output: room must be left for an answer, or there is no room to think.
  const budget = Math.min(wanted, maxOutputTokens - 1);
  return budget < BUDGET_TOKENS_MIN ? {} : { thinking: { type: 'enabled', budget_tokens: budget } };
}
