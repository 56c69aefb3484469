import { encodeReasoning } from '../anthropic/encode-request.js';
import type { ConversationRequest, OutputFormat, Tool, ToolChoice } from '../canonical/index.js';
import { droppedOf } from '../canonical/dropped.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { cachePoint, encodeMessages } from './encode-content.js';

const CLAUDE = /claude/;

/** The body of Converse and ConverseStream alike: the model and whether to stream stand in the path. */
export function encodeRequest(request: ConversationRequest, options: EncodeOptions): EncodedRequest {
  const isClaude = CLAUDE.test(options.model);
  const told = isClaude ? encodeReasoning(request.reasoning, options.model, options.maxOutputTokens) : {};
  const inference = inferenceOf(request, options, told.thinking !== undefined);
  const fields = {
    ...(isClaude && request.topK !== null && { top_k: request.topK }),
    ...(told.thinking && { thinking: told.thinking }),
  };
  const output = { ...formatOf(request.outputFormat), ...told.outputConfig };
  const body = {
    messages: encodeMessages(request.messages.filter(({ role }) => role !== 'system')),
    ...systemOf(request),
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...toolConfigOf(request),
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    ...(Object.keys(output).length > 0 && { outputConfig: output }),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: dropped(request, isClaude) };
}

function inferenceOf(request: ConversationRequest, { maxOutputTokens }: EncodeOptions, thinks: boolean): object {
  const { temperature, topP, stop } = request;
  // A budget to think is a part of the limit, so then there must be one.
  const limit = thinks ? maxOutputTokens : request.maxOutputTokens;
  return {
    ...(limit !== null && { maxTokens: limit }),
    // A thinking model refuses to be told how to draw its words.
    ...(temperature !== null && temperature <= 1 && !thinks && { temperature }),
    ...(topP !== null && { topP }),
    ...(stop.length > 0 && { stopSequences: stop }),
  };
}

function dropped(request: ConversationRequest, isClaude: boolean): string[] {
  const { toolChoice, temperature, reasoning } = request;
  const wantsThought = reasoning !== null && reasoning.effort !== 'none';
  return droppedOf(
    request,
    ['tool_choice', toolChoice?.kind === 'none' && usesTools(request)],
    ['parallel_tool_calls', request.parallelToolCalls === false && request.tools.length > 0],
    ['top_k', request.topK !== null && !isClaude],
    ['reasoning_effort', wantsThought && !isClaude],
    ['temperature', temperature !== null && temperature > 1],
    ['seed', request.seed !== null],
    ['frequency_penalty', request.frequencyPenalty !== null],
    ['presence_penalty', request.presencePenalty !== null],
    ['n', request.choices > 1],
    ['logprobs', request.topLogprobs !== null],
    ['logit_bias', request.logitBias !== null],
  );
}

/** Bedrock's models know instructions only before the conversation: later ones join them, in their order. */
function systemOf({ system, messages, outputFormat }: ConversationRequest): object {
  const later = messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ parts }) => parts.filter((part) => part.type === 'text'));
  const all: object[] = [...system, ...later]
    .filter(({ text }) => text !== '')
    .flatMap(({ text, cache }) => [{ text }, ...cachePoint(cache)]);
  if (outputFormat.kind === 'json') all.push({ text: 'Answer with one JSON object and nothing else.' });
  return all.length > 0 ? { system: all } : {};
}

function formatOf(format: OutputFormat): object {
  if (format.kind !== 'schema') return {};
  const jsonSchema = { name: format.name, schema: JSON.stringify(format.schema) };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

/** It cannot be forbidden to call tools, but not be shown any, unless the conversation has used them. */
function toolConfigOf(request: ConversationRequest): object {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || (toolChoice?.kind === 'none' && !usesTools(request))) return {};
  return { toolConfig: { tools: tools.flatMap(encodeTool), ...choiceOf(toolChoice) } };
}

const usesTools = ({ messages }: ConversationRequest): boolean =>
  messages.some(({ parts }) => parts.some(({ type }) => type === 'tool_call' || type === 'tool_result'));

function encodeTool({ name, description, parameters, strict, cache }: Tool): object[] {
  const toolSpec = {
    name,
    ...(description !== null && description !== '' && { description }),
    inputSchema: { json: parameters ?? { type: 'object', properties: {} } },
    ...(strict === true && { strict }),
  };
  return [{ toolSpec }, ...cachePoint(cache)];
}

function choiceOf(choice: ToolChoice | null): object {
  switch (choice?.kind) {
    case 'required':
      return { toolChoice: { any: {} } };
    case 'tool':
      return { toolChoice: { tool: { name: choice.name } } };
    default:
      return {};
  }
}
