/** The one model of the benchmark: every answer has the same known usage, so that what calls must cost is known exactly. */
export const MODEL = 'bench';
const INPUT_TOKENS = 100;
const OUTPUT_TOKENS = 20;
const INPUT_NANO_USD_PER_TOKEN = 2_500n;
const OUTPUT_NANO_USD_PER_TOKEN = 10_000n;

/** What one call costs, nano-dollars. */
export const CALL_COST =
  BigInt(INPUT_TOKENS) * INPUT_NANO_USD_PER_TOKEN + BigInt(OUTPUT_TOKENS) * OUTPUT_NANO_USD_PER_TOKEN;

/** Directives of the simulator: no waits, 20 chunks of a token each in a stream. */
export const ANSWER_DIRECTIVES = `input_tokens=${INPUT_TOKENS}&output_tokens=${OUTPUT_TOKENS}`;

/** The platform's AO_CONFIG (JSON is YAML). */
export function modelConfig(upstreamUrl: string): string {
  return JSON.stringify({
    model_list: [
      {
        model_name: MODEL,
        litellm_params: { model: `openai/${MODEL}-model`, api_base: `${upstreamUrl}/v1`, api_key: 'none' },
        model_info: {
          input_cost_per_token: Number(INPUT_NANO_USD_PER_TOKEN) / 1e9,
          output_cost_per_token: Number(OUTPUT_NANO_USD_PER_TOKEN) / 1e9,
          max_tokens: 4_096,
        },
      },
    ],
  });
}

/** A request of about a kilobyte; its answer, plain or streamed. */
export function requestBody(stream: boolean): string {
  return JSON.stringify({
    model: MODEL,
    stream,
    max_tokens: 64,
    messages: [
      { role: 'system', content: 'You are a careful assistant. '.repeat(10) },
      { role: 'user', content: 'Tell me what a budget that holds under load is good for. '.repeat(10) },
    ],
  });
}
