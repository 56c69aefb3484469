import type { ConversationRequest, OutputFormat, Reasoning, Tool, ToolChoice } from '../canonical/index.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { encodeItems } from './encode-items.js';

/** From which budget on OpenAI's words for effort stand, largest first. */
const EFFORT_BUDGETS: readonly (readonly [tokens: number, effort: string])[] = [
  [16_384, 'high'],
  [4_096, 'medium'],
  [0, 'low'],
];

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
  return { body: Buffer.from(JSON.stringify(body)), dropped: droppedOf(request) };
}

/** Cache marks are hints that OpenAI does without: it caches by itself. */
function droppedOf(request: ConversationRequest): string[] {
  const dropped: readonly (readonly [string, boolean])[] = [
    ['top_k', request.topK !== null],
    ['seed', request.seed !== null],
    ['frequency_penalty', request.frequencyPenalty !== null],
    ['presence_penalty', request.presencePenalty !== null],
    ['stop', request.stop.length > 0],
    ['n', request.choices > 1],
    ['logit_bias', request.logitBias !== null],
  ];
  return [...dropped.filter(([, isGiven]) => isGiven).map(([name]) => name), ...request.inexpressible];
}

const given = (key: string, value: unknown): object => (value === null ? {} : { [key]: value });

/** Models that think, and refuse to be asked of their thoughts where they do not. */
const reasonsAtOpenAi = (model: string): boolean => /^(?:openai\/)?(?:o\d|gpt-(?:[5-9]|\d\d))/.test(model);

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
  const { effort, budgetTokens, isShown } = reasoning;
  const word = effort ?? (budgetTokens === null ? null : EFFORT_BUDGETS.find(([tokens]) => budgetTokens >= tokens)![1]);
  if (word === null) return {};
  return { reasoning: { effort: word === 'max' ? 'xhigh' : word, ...(isShown === true && { summary: 'auto' }) } };
}
