import type { ConversationRequest, Message, OutputFormat, Reasoning, TextPart, Tool } from '../canonical/index.js';
import { RequestObject } from '../json-object.js';
import { decodeImages, decodeMessages } from './decode-content.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const EFFORTS = ['low', 'medium', 'high', 'max'] as const;
/** Options that change what comes back and are Ollama's own, with the value that changes nothing. */
const OLLAMA_OPTIONS = { repeat_penalty: 1, min_p: 0, typical_p: 1 } as const;
/** Fields of `/api/generate` that replace or extend what the model reads. */
const PROMPT_FIELDS = ['suffix', 'template', 'context', 'raw'];

/**
 * Reads the body of `POST /api/chat`. How a server is to load and keep its model (`keep_alive`, `num_ctx`, `num_gpu`, …)
 * concerns no other provider, and says nothing here.
 * @throws AppError `missing_required_parameter`, `invalid_parameter`.
 */
export function decodeChatRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  if (body.objects('messages').length === 0) body.missing('messages');
  return {
    ...decodeCommon(body),
    ...decodeMessages(body),
    tools: body.objects('tools').map(decodeTool),
  };
}

/** Reads the body of `POST /api/generate`. @throws AppError as of `/api/chat`. */
export function decodeGenerateRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  const prompt = body.string('prompt');
  if (prompt === '') body.missing('prompt');
  const system = body.optionalString('system') ?? '';
  const instructions: TextPart[] = system === '' ? [] : [{ type: 'text', text: system }];
  const message: Message = { role: 'user', parts: [{ type: 'text', text: prompt }, ...decodeImages(body)] };
  const common = decodeCommon(body);
  return {
    ...common,
    system: instructions,
    messages: [message],
    tools: [],
    inexpressible: [...common.inexpressible, ...PROMPT_FIELDS.filter((key) => saysSomething(body.json[key]))],
  };
}

function decodeCommon(body: RequestObject): Omit<ConversationRequest, 'system' | 'messages' | 'tools'> {
  const options = body.optionalObject('options') ?? RequestObject.of({}, 'options');
  const limit = options.optionalInteger('num_predict', -2, OUTPUT_TOKENS_MAX);
  const hasLogprobs = body.optionalBoolean('logprobs') ?? false;
  return {
    model: body.string('model'),
    toolChoice: null,
    parallelToolCalls: null,
    // Below 0: without end, or up to the end of the context.
    maxOutputTokens: limit !== null && limit > 0 ? limit : null,
    temperature: options.optionalNumber('temperature', 0, 2),
    topP: options.optionalNumber('top_p', 0, 1),
    topK: options.optionalInteger('top_k', 0, 1_000_000),
    seed: options.optionalNumber('seed'),
    frequencyPenalty: options.optionalNumber('frequency_penalty', -2, 2) || null,
    presencePenalty: options.optionalNumber('presence_penalty', -2, 2) || null,
    stop: options.strings('stop'),
    choices: 1,
    topLogprobs: hasLogprobs ? (body.optionalInteger('top_logprobs', 0, 20) ?? 0) : null,
    logitBias: null,
    outputFormat: decodeFormat(body),
    reasoning: decodeThink(body),
    stream: body.optionalBoolean('stream') ?? true,
    user: null,
    inexpressible: Object.entries(OLLAMA_OPTIONS)
      .filter(([key, neutral]) => (options.optionalNumber(key) ?? neutral) !== neutral)
      .map(([key]) => key),
  };
}

function saysSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function decodeTool(tool: RequestObject): Tool {
  const described = tool.optionalObject('function') ?? tool.missing('function');
  return {
    name: described.string('name'),
    description: described.optionalString('description'),
    parameters: described.optionalObject('parameters')?.json ?? null,
    strict: null,
  };
}

function decodeFormat(body: RequestObject): OutputFormat {
  const format = body.json['format'];
  if (format === undefined || format === null || format === '') return { kind: 'text' };
  if (format === 'json') return { kind: 'json' };
  if (typeof format === 'string') throw body.invalid('format', 'must be json or a JSON schema');
  return { kind: 'schema', name: 'answer', schema: RequestObject.of(format, 'format').json, strict: null };
}

/** Whoever asks Ollama to think is shown the thoughts. */
function decodeThink(body: RequestObject): Reasoning | null {
  const think = body.json['think'];
  if (think === undefined || think === null) return null;
  if (think === false) return { effort: 'none', budgetTokens: null, isAdaptive: false, isShown: null };
  const effort = EFFORTS.find((known) => known === think) ?? null;
  if (effort === null && think !== true) throw body.invalid('think', 'must be true, false, low, medium, high or max');
  return { effort, budgetTokens: null, isAdaptive: false, isShown: true };
}
