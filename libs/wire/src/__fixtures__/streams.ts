import { readFileSync } from 'node:fs';
import type { AnswerEvent, ConversationRequest } from '../canonical/index.js';
import type { ProviderProtocol } from '../protocol.js';

/** Splits a buffer at the given places. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...at, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** What a provider's stream says, with its chunks cut at the given places. */
export function decodeStream(protocol: ProviderProtocol, bytes: Buffer, places: readonly number[] = []): AnswerEvent[] {
  const scanner = protocol.createScanner();
  const decoder = protocol.createDecoder();
  const events = cut(bytes, places).flatMap((chunk) => scanner.push(chunk).flatMap((frame) => decoder.decode(frame)));
  const rest = scanner.end();
  return rest === null ? events : [...events, ...decoder.decode(rest)];
}

/** A recording beside a spec. */
export const recording = (name: string, folder: string): Buffer => readFileSync(new URL(`__fixtures__/${name}`, folder));

/** A request that says nothing but `Hello`, and what is given. */
export function requestOf(given: Partial<ConversationRequest> = {}): ConversationRequest {
  return {
    model: 'm',
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    toolChoice: null,
    parallelToolCalls: null,
    maxOutputTokens: null,
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
    stop: [],
    choices: 1,
    topLogprobs: null,
    logitBias: null,
    outputFormat: { kind: 'text' },
    reasoning: null,
    stream: false,
    user: null,
    inexpressible: [],
    ...given,
  };
}

/** What a protocol makes of a request, read back. */
export function encoded(
  protocol: ProviderProtocol,
  given: Partial<ConversationRequest> = {},
  options: { model?: string; maxOutputTokens?: number } = {},
) {
  const { body, dropped } = protocol.encodeRequest(requestOf(given), {
    model: 'the-model',
    maxOutputTokens: 1_000,
    ...options,
  });
  return { json: JSON.parse(body.toString()) as Record<string, any>, dropped };
}
