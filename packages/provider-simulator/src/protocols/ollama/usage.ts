/** A small model on a laptop: what the figures below follow from, as no time really passes. */
const LOAD_NANOSECONDS = 20_000_000;
const NANOSECONDS_PER_INPUT_TOKEN = 1_000_000;
const NANOSECONDS_PER_OUTPUT_TOKEN = 20_000_000;

/** Ollama's counts and durations. It tells neither cached input nor reasoning apart. */
export function encodeUsage(inputTokens: number, outputTokens: number) {
  const promptDuration = inputTokens * NANOSECONDS_PER_INPUT_TOKEN;
  const duration = outputTokens * NANOSECONDS_PER_OUTPUT_TOKEN;
  return {
    total_duration: LOAD_NANOSECONDS + promptDuration + duration,
    load_duration: LOAD_NANOSECONDS,
    prompt_eval_count: inputTokens,
    prompt_eval_duration: promptDuration,
    eval_count: outputTokens,
    eval_duration: duration,
  };
}
