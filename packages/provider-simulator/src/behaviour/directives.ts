import { FINISH_REASONS, type Behaviour } from './behaviour.js';
import { FAULT_NAMES, problemOf, STATUS_FAULT_NAMES } from './faults.js';

/** Longer waits than any client's timeout prove nothing. */
const WAIT_MS_MAX = 600_000;
/** An answer made this long is about 400 kB of text, and 25 MB as a stream. */
const OUTPUT_TOKENS_MAX = 100_000;
const TOKEN_FIGURE_MAX = 1_000_000_000;
const TEXT_CHARACTERS_MAX = 65_536;
const TOOL_CALLS_MAX = 128;

type Layer = Partial<Behaviour>;
/** Reads one value; a string is what is wrong with it. */
type ReadValue = (value: string) => Layer | string;

export interface Directive {
  readonly help: string;
  readonly read: ReadValue;
}

function number(minimum: number, maximum: number, toLayer: (value: number) => Layer): ReadValue {
  return (text) => {
    const value = Number(text);
    const valid = text.trim() !== '' && value >= minimum && value <= maximum;
    return valid ? toLayer(value) : `must be a number from ${minimum} to ${maximum}`;
  };
}

function integer(minimum: number, maximum: number, toLayer: (value: number) => Layer): ReadValue {
  const read = number(minimum, maximum, toLayer);
  return (text) => {
    const whole = Number.isInteger(Number(text));
    return whole ? read(text) : `must be a whole number from ${minimum} to ${maximum}`;
  };
}

function oneOf<T extends string>(choices: readonly T[], toLayer: (value: T) => Layer): ReadValue {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    return choice === undefined ? `must be one of ${choices.join(', ')}` : toLayer(choice);
  };
}

function text(toLayer: (value: string) => Layer): ReadValue {
  return (value) =>
    value.length <= TEXT_CHARACTERS_MAX ? toLayer(value) : `must have at most ${TEXT_CHARACTERS_MAX} characters`;
}

function flag(toLayer: (value: boolean) => Layer): ReadValue {
  return oneOf(['0', '1'], (value) => toLayer(value === '1'));
}

function toolOf(value: string): boolean | string {
  if (value === '1') return true;
  return value === '0' ? false : value;
}

/** Every directive by its name; the command's help and the README name the same ones. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  latency_ms: { help: 'wait before the status line', read: number(0, WAIT_MS_MAX, (latencyMs) => ({ latencyMs })) },
  jitter_ms: { help: 'up to this much more latency', read: number(0, WAIT_MS_MAX, (jitterMs) => ({ jitterMs })) },
  first_token_ms: {
    help: 'wait before the first token of a stream',
    read: number(0, WAIT_MS_MAX, (firstTokenMs) => ({ firstTokenMs })),
  },
  token_interval_ms: {
    help: 'wait between two tokens of a stream',
    read: number(0, WAIT_MS_MAX, (tokenIntervalMs) => ({ tokenIntervalMs })),
  },
  tokens_per_second: {
    help: 'the same as a rate',
    read: number(0.01, 1000, (rate) => ({ tokenIntervalMs: 1000 / rate })),
  },
  output_tokens: {
    help: 'length of the answer, reasoning included; with text, only the reported figure',
    read: integer(0, OUTPUT_TOKENS_MAX, (outputTokens) => ({ outputTokens })),
  },
  input_tokens: {
    help: 'reported input, cached input included',
    read: integer(0, TOKEN_FIGURE_MAX, (inputTokens) => ({ inputTokens })),
  },
  cached_tokens: {
    help: 'the part of the input that was cached',
    read: integer(0, TOKEN_FIGURE_MAX, (cachedTokens) => ({ cachedTokens })),
  },
  cache_write_tokens: {
    help: 'the part of the input that was written to the cache',
    read: integer(0, TOKEN_FIGURE_MAX, (cacheWriteTokens) => ({ cacheWriteTokens })),
  },
  cache_write_1h_tokens: {
    help: 'the same, to stay there for an hour',
    read: integer(0, TOKEN_FIGURE_MAX, (cacheWrite1hTokens) => ({ cacheWrite1hTokens })),
  },
  reasoning_tokens: {
    help: 'the part of the output that was reasoning',
    read: integer(0, TOKEN_FIGURE_MAX, (reasoningTokens) => ({ reasoningTokens })),
  },
  reasoning: { help: 'visible reasoning before the answer', read: text((reasoning) => ({ reasoning })) },
  redacted_reasoning: {
    help: '1: send the reasoning encrypted',
    read: flag((redactedReasoning) => ({ redactedReasoning })),
  },
  text: { help: 'the answer; said before a tool call', read: text((value) => ({ text: value })) },
  tool: {
    help: '1: call the first offered tool, a name: call that one, 0: never',
    read: text((value) => ({ tool: toolOf(value) })),
  },
  tool_calls: {
    help: 'this many calls of the offered tools at once',
    read: integer(1, TOOL_CALLS_MAX, (toolCalls) => ({ toolCalls })),
  },
  tool_arguments: { help: 'raw arguments of each tool call', read: text((toolArguments) => ({ toolArguments })) },
  finish_reason: {
    help: FINISH_REASONS.join(', '),
    read: oneOf(FINISH_REASONS, (finishReason) => ({ finishReason })),
  },
  stop_sequence: { help: 'the answer ended before this text', read: text((stopSequence) => ({ stopSequence })) },
  fault: { help: FAULT_NAMES.join(', '), read: oneOf(FAULT_NAMES, (fault) => ({ fault })) },
  fault_rate: { help: 'share of answers that get the fault', read: number(0, 1, (faultRate) => ({ faultRate })) },
  retry_after_s: {
    help: 'Retry-After of a status fault',
    read: integer(0, 86_400, (retryAfterSeconds) => ({ retryAfterSeconds })),
  },
  after_tokens: {
    help: 'tokens before cut, stall, malformed or stream_error',
    read: integer(0, OUTPUT_TOKENS_MAX, (afterTokens) => ({ afterTokens })),
  },
  stream_error_as: {
    help: 'the status fault that a stream_error reports (default 500)',
    read: oneOf(STATUS_FAULT_NAMES, (fault) => ({ streamErrorAs: problemOf(fault)! })),
  },
  usage: { help: '0: report no usage', read: flag((usage) => ({ usage })) },
  end_marker: { help: '0: leave out the end marker of a stream', read: flag((endMarker) => ({ endMarker })) },
  split_bytes: {
    help: 'cut a stream into pieces of this many bytes',
    read: integer(0, 65_536, (splitBytes) => ({ splitBytes })),
  },
};
