import { AppError } from '@ao/kernel';
import type { ConversationRequest } from '../canonical/index.js';
import { RequestObject } from '../json-object.js';
import { readPrompts } from './read-request.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const CHOICES_MAX = 128;

/**
 * A legacy completion as a conversation of one message.
 * @throws AppError `missing_required_parameter`, `invalid_parameter`; `unsupported_parameter` for what is no one text.
 */
export function decodeRequest(json: unknown): ConversationRequest {
  const body = RequestObject.of(json);
  return {
    model: body.string('model'),
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: onlyText(body) }] }],
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    maxOutputTokens: body.optionalInteger('max_tokens', 1, OUTPUT_TOKENS_MAX),
    temperature: body.optionalNumber('temperature', 0, 2),
    topP: body.optionalNumber('top_p', 0, 1),
    topK: null,
    seed: body.optionalNumber('seed'),
    frequencyPenalty: body.optionalNumber('frequency_penalty', -2, 2) || null,
    presencePenalty: body.optionalNumber('presence_penalty', -2, 2) || null,
    stop: body.strings('stop'),
    choices: body.optionalInteger('n', 1, CHOICES_MAX) ?? 1,
    topLogprobs: null,
    logitBias: decodeLogitBias(body),
    outputFormat: { kind: 'text' },
    reasoning: null,
    stream: body.optionalBoolean('stream') ?? false,
    user: body.optionalString('user'),
    inexpressible: inexpressibleIn(body),
  };
}

function onlyText(body: RequestObject): string {
  const [prompt, ...others] = readPrompts(body);
  if (typeof prompt === 'string' && others.length === 0) return prompt;
  throw new AppError(
    'unsupported_parameter',
    "The provider of this model takes one text as 'prompt': no tokens, and not several at once.",
    { param: 'prompt' },
  );
}

function decodeLogitBias(body: RequestObject): Readonly<Record<string, number>> | null {
  const bias = body.optionalObject('logit_bias')?.json ?? {};
  return Object.keys(bias).length > 0 ? (bias as Record<string, number>) : null;
}

/** What only the model that continues a text can do, as far as the request asks for it. */
function inexpressibleIn(body: RequestObject): string[] {
  const asked: Readonly<Record<string, boolean>> = {
    suffix: (body.optionalString('suffix') ?? '') !== '',
    echo: body.optionalBoolean('echo') ?? false,
    best_of: (body.optionalInteger('best_of', 0, CHOICES_MAX) ?? 1) > 1,
    logprobs: body.has('logprobs'),
  };
  return Object.keys(asked).filter((key) => asked[key]);
}
