import type { AnswerEvent, ConversationRequest } from '../canonical/index.js';
import { NO_USAGE } from '@ao/pricing';

/** A request that says as much as every protocol can express. */
export const richRequest: ConversationRequest = {
  model: 'the-model',
  system: [{ type: 'text', text: 'Answer briefly. Grüße 😀' }],
  messages: [
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is the weather in Paris and in Rome?' },
        { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: null },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'I will look.' },
        { type: 'tool_call', id: 'call_1', name: 'get_weather', argumentsJson: '{"city":"Paris"}' },
        { type: 'tool_call', id: 'call_2', name: 'get_weather', argumentsJson: '{"city":"Rome"}' },
      ],
    },
    {
      role: 'user',
      parts: [
        {
          type: 'tool_result',
          callId: 'call_1',
          name: null,
          parts: [{ type: 'text', text: '18 degrees' }],
          isError: false,
        },
        {
          type: 'tool_result',
          callId: 'call_2',
          name: null,
          parts: [{ type: 'text', text: '25 degrees' }],
          isError: false,
        },
      ],
    },
  ],
  tools: [
    {
      name: 'get_weather',
      description: 'The weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      strict: null,
    },
  ],
  toolChoice: { kind: 'auto' },
  parallelToolCalls: null,
  maxOutputTokens: 500,
  temperature: 0.5,
  topP: 0.9,
  topK: null,
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
  stop: ['END'],
  choices: 1,
  topLogprobs: null,
  logitBias: null,
  outputFormat: { kind: 'text' },
  reasoning: null,
  stream: false,
  user: null,
  inexpressible: [],
};

/** An answer that thinks, speaks and calls two tools, as events. */
export const richEvents: readonly AnswerEvent[] = [
  { type: 'start', id: 'provider-1', model: 'the-model' },
  { type: 'reasoning', choice: 0, text: 'Two cities, ' },
  { type: 'reasoning', choice: 0, text: 'two calls.' },
  { type: 'reasoning_proof', choice: 0, signature: 'c2ln', redacted: null },
  { type: 'text', choice: 0, text: 'I will ' },
  { type: 'text', choice: 0, text: 'look. 😀' },
  { type: 'tool_call', choice: 0, index: 0, id: 'call_1', name: 'get_weather' },
  { type: 'tool_arguments', choice: 0, index: 0, text: '{"city":' },
  { type: 'tool_arguments', choice: 0, index: 0, text: '"Paris"}' },
  { type: 'tool_call', choice: 0, index: 1, id: 'call_2', name: 'get_weather' },
  { type: 'tool_arguments', choice: 0, index: 1, text: '{"city":"Rome"}' },
  { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
  {
    type: 'usage',
    usage: { ...NO_USAGE, inputTokens: 20, cachedInputTokens: 5, outputTokens: 12 },
    serviceTier: null,
  },
];

/** What a client sees of a stream, however its protocol cuts it: texts joined, calls whole. */
export interface Seen {
  text: string;
  reasoning: string;
  calls: { name: string; arguments: unknown }[];
  finishReason: string | null;
  outputTokens: number | null;
}

export function seenIn(events: readonly AnswerEvent[]): Seen {
  const seen: Seen = { text: '', reasoning: '', calls: [], finishReason: null, outputTokens: null };
  const calls = new Map<number, { name: string; json: string }>();
  for (const event of events) {
    if (event.type === 'text') seen.text += event.text;
    if (event.type === 'reasoning') seen.reasoning += event.text;
    if (event.type === 'tool_call') calls.set(event.index, { name: event.name, json: '' });
    if (event.type === 'tool_arguments') calls.get(event.index)!.json += event.text;
    if (event.type === 'finish') seen.finishReason = event.reason;
    if (event.type === 'usage') seen.outputTokens = event.usage.outputTokens + event.usage.reasoningTokens;
  }
  seen.calls = [...calls.values()].map(({ name, json }) => ({ name, arguments: JSON.parse(json || '{}') as unknown }));
  return seen;
}
