import type { ConversationRequest, OutputFormat, Tool, ToolChoice } from '../canonical/index.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { encodeContents } from './encode-content.js';
import { toGoogleJsonSchema } from './schema.js';
import { encodeThinking } from './thinking.js';

/** The body of `generateContent`; the model and whether to stream stand in the address. */
export function encodeRequest(request: ConversationRequest, { model, maxOutputTokens }: EncodeOptions): EncodedRequest {
  const { tools, toolChoice } = request;
  const system = systemOf(request);
  const body = {
    contents: encodeContents(request.messages, model),
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(tools.length > 0 && { tools: [{ functionDeclarations: tools.map(encodeTool) }] }),
    ...(toolChoice !== null && tools.length > 0 && { toolConfig: { functionCallingConfig: callingOf(toolChoice) } }),
    generationConfig: {
      maxOutputTokens,
      ...samplingOf(request),
      ...formatOf(request.outputFormat),
      ...encodeThinking(request.reasoning, model, maxOutputTokens),
    },
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: droppedOf(request) };
}

function droppedOf({ logitBias, parallelToolCalls, tools, inexpressible }: ConversationRequest): string[] {
  const isSerial = parallelToolCalls === false && tools.length > 0;
  return [
    ...(logitBias === null ? [] : ['logit_bias']),
    ...(isSerial ? ['parallel_tool_calls'] : []),
    ...inexpressible,
  ];
}

/** Google knows instructions only before the conversation: later ones join them, in their order. */
function systemOf({ system, messages }: ConversationRequest): { text: string }[] {
  const later = messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ parts }) => parts.filter((part) => part.type === 'text'));
  return [...system, ...later].filter(({ text }) => text !== '').map(({ text }) => ({ text }));
}

function samplingOf(request: ConversationRequest): object {
  const { topLogprobs } = request;
  return {
    ...given('temperature', request.temperature),
    ...given('topP', request.topP),
    ...given('topK', request.topK),
    ...given('seed', request.seed),
    ...given('frequencyPenalty', request.frequencyPenalty),
    ...given('presencePenalty', request.presencePenalty),
    ...(request.stop.length > 0 && { stopSequences: request.stop }),
    ...(request.choices > 1 && { candidateCount: request.choices }),
    ...(topLogprobs !== null && { responseLogprobs: true, ...(topLogprobs > 0 && { logprobs: topLogprobs }) }),
  };
}

const given = (key: string, value: unknown): object => (value === null ? {} : { [key]: value });

function formatOf(format: OutputFormat): object {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'schema':
      return { responseMimeType: 'application/json', responseJsonSchema: toGoogleJsonSchema(format.schema) };
  }
}

const encodeTool = ({ name, description, parameters }: Tool): object => ({
  name,
  ...(description !== null && { description }),
  ...(parameters !== null && { parametersJsonSchema: toGoogleJsonSchema(parameters) }),
});

function callingOf(choice: ToolChoice): object {
  switch (choice.kind) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  }
}
