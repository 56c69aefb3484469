import type { FaultName, ProblemKind } from './faults.js';

export const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;
/** Why an answer ended, in the simulator's own words; each protocol has its own spelling. */
export type FinishReason = (typeof FINISH_REASONS)[number];

/** Everything that can be set about one answer. README.md lists the directive of each field. */
export interface Behaviour {
  /** Wait before the status line. */
  latencyMs: number;
  /** Up to this much more latency, drawn from the seed. */
  jitterMs: number;
  /** Streams only: wait between the headers and the first token. */
  firstTokenMs: number;
  /** Streams only: wait between two tokens. */
  tokenIntervalMs: number;
  /** Total billed output, reasoning included. Without `text`, the answer is made exactly this long. */
  outputTokens: number | undefined;
  /** Total billed input, cached input included. */
  inputTokens: number | undefined;
  /** The part of the input that came from the provider's cache. */
  cachedTokens: number;
  /** The part of the input that was written to the provider's cache, for its usual time and for an hour. */
  cacheWriteTokens: number;
  cacheWrite1hTokens: number;
  /** The part of the output that was reasoning; undefined: as long as `reasoning` is. */
  reasoningTokens: number | undefined;
  /** Visible reasoning, said before the answer. */
  reasoning: string | undefined;
  /** Whether the reasoning is sent encrypted, by protocols that can. */
  redactedReasoning: boolean;
  /** The answer itself, instead of the demo text; said before the call when a tool is called. */
  text: string | undefined;
  /** `true`: call the first offered tool; a name: call that one; `false`: never; undefined: as `tool_choice` demands. */
  tool: boolean | string | undefined;
  /** How many calls of the offered tools to make at once, where one would be made; alone it asks for a call as `tool: true` does. */
  toolCalls: number | undefined;
  /** The raw arguments of each tool call, valid JSON or not, instead of a sample of the tool's schema. */
  toolArguments: string | undefined;
  finishReason: FinishReason | undefined;
  /** The answer ends before this text as if the caller had asked for it. */
  stopSequence: string | undefined;
  fault: FaultName | undefined;
  /** The share of answers, 0 to 1, that get `fault`; drawn from the seed. */
  faultRate: number;
  /** Sent as Retry-After with a status fault. */
  retryAfterSeconds: number | undefined;
  /** How many tokens pass before `cut`, `stall`, `malformed` or `stream_error` strikes. */
  afterTokens: number;
  /** What `stream_error` complains about. */
  streamErrorAs: ProblemKind;
  /** Whether the answer reports its usage, where the protocol would. */
  usage: boolean;
  /** Whether a stream ends with the protocol's end marker. */
  endMarker: boolean;
  /** Streams only: cut the bytes into pieces of this size, through frames and characters alike; 0 keeps frames whole. */
  splitBytes: number;
  /** More response headers. */
  headers: Readonly<Record<string, string>>;
}

export const PLAIN_BEHAVIOUR: Readonly<Behaviour> = Object.freeze({
  latencyMs: 0,
  jitterMs: 0,
  firstTokenMs: 0,
  tokenIntervalMs: 0,
  outputTokens: undefined,
  inputTokens: undefined,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: undefined,
  reasoning: undefined,
  redactedReasoning: false,
  text: undefined,
  tool: undefined,
  toolCalls: undefined,
  toolArguments: undefined,
  finishReason: undefined,
  stopSequence: undefined,
  fault: undefined,
  faultRate: 1,
  retryAfterSeconds: undefined,
  afterTokens: 3,
  streamErrorAs: 'internal',
  usage: true,
  endMarker: true,
  splitBytes: 0,
  headers: {},
});

/** The base with each layer over it, the last one strongest; response headers add up. Returns the base itself when there is no layer. */
export function layerBehaviour(
  base: Readonly<Behaviour>,
  ...layers: readonly (Partial<Behaviour> | undefined)[]
): Readonly<Behaviour> {
  return layers.reduce<Readonly<Behaviour>>(
    (under, layer) =>
      layer === undefined ? under : { ...under, ...layer, headers: { ...under.headers, ...layer.headers } },
    base,
  );
}
