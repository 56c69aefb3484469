import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { effortOf, reasonsAtOpenAi } from '../openai/effort.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { encodeMessages } from './encode-messages.js';

/** The body of `POST /v1/chat/completions` for a client that spoke another protocol. */
export function encodeRequest(request: ConversationRequest, { model }: EncodeOptions): EncodedRequest {
  const { tools, toolChoice, parallelToolCalls, topLogprobs, maxOutputTokens } = request;
  const body = {
    model,
    messages: encodeMessages(request.system, request.messages),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...(toolChoice !== null && { tool_choice: encodeToolChoice(toolChoice) }),
    ...(parallelToolCalls !== null && tools.length > 0 && { parallel_tool_calls: parallelToolCalls }),
    ...(maxOutputTokens !== null && { [limitField(model)]: maxOutputTokens }),
    ...given('temperature', request.temperature),
    ...given('top_p', request.topP),
    ...given('seed', request.seed),
    ...given('frequency_penalty', request.frequencyPenalty),
    ...given('presence_penalty', request.presencePenalty),
    ...given('logit_bias', request.logitBias),
    ...given('user', request.user),
    ...(request.stop.length > 0 && { stop: request.stop }),
    ...(request.choices > 1 && { n: request.choices }),
    ...(topLogprobs !== null && { logprobs: true, top_logprobs: topLogprobs }),
    ...formatOf(request.outputFormat),
    ...reasoningOf(request.reasoning, model),
    ...(request.stream && { stream: true, stream_options: { include_usage: true } }),
  };
  // Cache marks are hints that OpenAI's providers do without: they cache by themselves.
  const dropped = [...(request.topK === null ? [] : ['top_k']), ...request.inexpressible];
  return { body: Buffer.from(JSON.stringify(body)), dropped };
}

const given = (key: string, value: unknown): object => (value === null ? {} : { [key]: value });

/** OpenAI's own models refuse the older name where they reason; everyone else knows that one only. */
const limitField = (model: string): string => (reasonsAtOpenAi(model) ? 'max_completion_tokens' : 'max_tokens');

function encodeTool({ name, description, parameters, strict }: Tool): object {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      ...(parameters !== null && { parameters }),
      ...(strict !== null && { strict }),
    },
  };
}

const encodeToolChoice = (choice: ToolChoice): unknown =>
  choice.kind === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.kind;

function formatOf(format: OutputFormat): object {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'schema': {
      const { name, schema, strict } = format;
      return {
        response_format: { type: 'json_schema', json_schema: { name, schema, ...(strict !== null && { strict }) } },
      };
    }
  }
}

/** Only models that reason take the word: to others it would be an error, and means nothing. */
function reasoningOf(reasoning: Reasoning | null, model: string): object {
  if (reasoning === null || !reasonsAtOpenAi(model)) return {};
  const effort = effortOf(reasoning);
  return effort === null ? {} : { reasoning_effort: effort };
}
