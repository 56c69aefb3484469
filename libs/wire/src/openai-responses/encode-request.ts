import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import { droppedOf } from '../canonical/dropped.js';
import { effortOf, reasonsAtOpenAi } from '../openai/effort.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { encodeItems } from './encode-items.js';

/**
 * The body of `POST /v1/responses` for a client that spoke another protocol: such a client sends the whole conversation
 * each time, so nothing is to be kept at the provider.
 */
export function encodeRequest(request: ConversationRequest, { model }: EncodeOptions): EncodedRequest {
  const { system, tools, toolChoice, parallelToolCalls, topLogprobs, maxOutputTokens } = request;
  const include = [
    ...(topLogprobs === null ? [] : ['message.output_text.logprobs']),
    ...(reasonsAtOpenAi(model) ? ['reasoning.encrypted_content'] : []),
  ];
  const body = {
    model,
    input: encodeItems(request.messages),
    ...(system.length > 0 && { instructions: system.map(({ text }) => text).join('\n\n') }),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...(toolChoice !== null && { tool_choice: encodeToolChoice(toolChoice) }),
    ...(parallelToolCalls !== null && tools.length > 0 && { parallel_tool_calls: parallelToolCalls }),
    ...given('max_output_tokens', maxOutputTokens),
    ...given('temperature', request.temperature),
    ...given('top_p', request.topP),
    ...given('top_logprobs', topLogprobs),
    ...given('user', request.user),
    ...(include.length > 0 && { include }),
    ...formatOf(request.outputFormat),
    ...reasoningOf(request.reasoning, model),
    store: false,
    ...(request.stream && { stream: true }),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: dropped(request) };
}

/** Cache marks are hints that OpenAI does without: it caches by itself. */
function dropped(request: ConversationRequest): string[] {
  return droppedOf(
    request,
    ['top_k', request.topK !== null],
    ['seed', request.seed !== null],
    ['frequency_penalty', request.frequencyPenalty !== null],
    ['presence_penalty', request.presencePenalty !== null],
    ['stop', request.stop.length > 0],
    ['n', request.choices > 1],
    ['logit_bias', request.logitBias !== null],
  );
}

const given = (key: string, value: unknown): object => (value === null ? {} : { [key]: value });

/** Unlike chat completions, Responses hold a model to the schema unless they are told not to. */
const encodeTool = ({ name, description, parameters, strict }: Tool): object => ({
  type: 'function',
  name,
  ...(description !== null && { description }),
  parameters: parameters ?? { type: 'object', properties: {} },
  strict: strict ?? false,
});

const encodeToolChoice = (choice: ToolChoice): unknown =>
  choice.kind === 'tool' ? { type: 'function', name: choice.name } : choice.kind;

function formatOf(format: OutputFormat): object {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { text: { format: { type: 'json_object' } } };
    case 'schema':
      return {
        text: {
          format: { type: 'json_schema', name: format.name, schema: format.schema, strict: format.strict ?? false },
        },
      };
  }
}

/** Only models that reason take it: to others it would be an error, and means nothing. */
function reasoningOf(reasoning: Reasoning | null, model: string): object {
  if (reasoning === null || !reasonsAtOpenAi(model)) return {};
  const effort = effortOf(reasoning);
  if (effort === null) return {};
  return { reasoning: { effort, ...(reasoning.isShown === true && { summary: 'auto' }) } };
}
