import { inputTokensOf, outputTokensOf, type Usage } from '@ao/pricing';

/** A usage as Ollama tells it, with the times that only an Ollama server could measure: SDKs expect the fields. */
export function encodeUsage(usage: Usage): Record<string, number> {
  return {
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: inputTokensOf(usage),
    prompt_eval_duration: 0,
    eval_count: outputTokensOf(usage),
    eval_duration: 0,
  };
}
