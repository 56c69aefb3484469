import type { FaultName } from './faults.js';

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
  /** The part of the output that was hidden reasoning. */
  reasoningTokens: number;
  /** The answer itself, instead of the demo text. */
  text: string | undefined;
  /** `true`: call the first offered tool; a name: call that one; `false`: never; undefined: as `tool_choice` demands. */
  tool: boolean | string | undefined;
  /** The raw arguments of the tool call, valid JSON or not, instead of a sample of the tool's schema. */
  toolArguments: string | undefined;
  finishReason: FinishReason | undefined;
  fault: FaultName | undefined;
  /** The share of answers, 0 to 1, that get `fault`; drawn from the seed. */
  faultRate: number;
  /** Sent as Retry-After with a status fault. */
  retryAfterSeconds: number | undefined;
  /** How many tokens pass before `cut`, `stall`, `malformed` or `stream_error` strikes. */
  afterTokens: number;
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
  reasoningTokens: 0,
  text: undefined,
  tool: undefined,
  toolArguments: undefined,
  finishReason: undefined,
  fault: undefined,
  faultRate: 1,
  retryAfterSeconds: undefined,
  afterTokens: 3,
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
