import type { ConversationRequest, OutputFormat, Reasoning, Tool } from '../canonical/index.js';
import { droppedOf } from '../canonical/dropped.js';
import type { EncodedRequest, EncodeOptions } from '../protocol.js';
import { encodeMessages } from './encode-content.js';

const THINK = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
} as const;

/** The body of `POST /api/chat`; `stream` stands there always, for Ollama streams unless it is told not to. */
export function encodeRequest(request: ConversationRequest, { model }: EncodeOptions): EncodedRequest {
  const { toolChoice, topLogprobs } = request;
  // It cannot be forbidden to call tools, but not be shown any.
  const tools = toolChoice?.kind === 'none' ? [] : request.tools;
  const options = optionsOf(request);
  const body = {
    model,
    messages: encodeMessages(request.system, request.messages),
    stream: request.stream,
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...formatOf(request.outputFormat),
    ...thinkOf(request.reasoning),
    ...(topLogprobs !== null && { logprobs: true, top_logprobs: topLogprobs }),
    ...(Object.keys(options).length > 0 && { options }),
  };
  return { body: Buffer.from(JSON.stringify(body)), dropped: dropped(request) };
}

function optionsOf(request: ConversationRequest): object {
  const options = {
    num_predict: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stop.length > 0 ? request.stop : null,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
}

function dropped(request: ConversationRequest): string[] {
  const { toolChoice } = request;
  return droppedOf(
    request,
    ['tool_choice', toolChoice?.kind === 'required' || toolChoice?.kind === 'tool'],
    ['parallel_tool_calls', request.parallelToolCalls === false && request.tools.length > 0],
    ['n', request.choices > 1],
    ['logit_bias', request.logitBias !== null],
  );
}

/** Ollama wants an object with properties, and knows no `strict`: its models follow schemas as well as they can. */
function encodeTool({ name, description, parameters }: Tool): object {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      parameters: { type: 'object', properties: {}, ...parameters },
    },
  };
}

function formatOf(format: OutputFormat): object {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { format: 'json' };
    case 'schema':
      return { format: format.schema };
  }
}

/** A budget of tokens has no place: that there is to be thought is all that can be said then. */
function thinkOf(reasoning: Reasoning | null): object {
  if (reasoning === null) return {};
  return { think: reasoning.effort === null ? true : THINK[reasoning.effort] };
}
