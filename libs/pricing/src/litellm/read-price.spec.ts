import { price } from '@ao/contracts';
import { cost } from '../cost.js';
import { usageOf, type Usage } from '../usage.js';
import { readLiteLlmPrice, unpricedLiteLlmFields } from './read-price.js';

const origin = { id: 'prc_1', effectiveFromMs: 0, source: 'test' };

describe('LiteLLM price table', () => {
  it('gives an exact row from its floats', () => {
    const info = {
      litellm_provider: 'anthropic',
      mode: 'chat',
      input_cost_per_token: 3e-6,
      output_cost_per_token: 1.5e-5,
      cache_read_input_token_cost: 3e-7,
      cache_creation_input_token_cost: 3.75e-6,
      cache_creation_input_token_cost_above_1hr: 6e-6,
      max_input_tokens: 200_000,
      max_output_tokens: 64_000,
    };
    const row = readLiteLlmPrice('anthropic/claude-sonnet-4-5', info, origin).row!;
    expect(row).toMatchObject({
      id: 'prc_1',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      inputPico: 3_000_000n,
      outputPico: 15_000_000n,
      cachedInputPico: 300_000n,
      cacheWrite5mPico: 3_750_000n,
      cacheWrite1hPico: 6_000_000n,
      reasoningPico: null,
      free: false,
      contextTokensMax: 200_000,
      outputTokensMax: 64_000,
    });
    expect(price.decode(price.encode(row))).toEqual(row);
  });

  it('takes an output limit for no limit of the prompt, which would be reserved too low', () => {
    const info = { input_cost_per_token: 3e-6, output_cost_per_token: 1.5e-5, max_tokens: 4_096 };
    expect(readLiteLlmPrice('m', info, origin).row).toMatchObject({ contextTokensMax: null, outputTokensMax: 4_096 });
  });

  it('marks a model free only when nothing of it costs anything', () => {
    const nothing = { input_cost_per_token: 0, output_cost_per_token: 0 };
    expect(readLiteLlmPrice('local', nothing, origin).row?.free).toBe(true);
    expect(readLiteLlmPrice('painter', { ...nothing, output_cost_per_pixel: 0.04 }, origin).reason).toContain(
      'output_cost_per_pixel',
    );
  });

  it.each([
    [{}, 'no price'],
    [{ input_cost_per_pixel: 1e-8 }, 'no price, and these are not supported: input_cost_per_pixel'],
    [{ output_cost_per_token: 1e-6 }, 'an output price without input_cost_per_token'],
    [{ input_cost_per_token: -1, output_cost_per_token: 1e-6 }, 'input_cost_per_token is no price'],
    [{ input_cost_per_token: 1e-6, output_cost_per_token: 'cheap' }, 'output_cost_per_token is no price'],
    [{ input_cost_per_token: 1e-6, tiered_pricing: [{ range: 'long' }] }, 'tiered_pricing is malformed'],
  ])('gives no row for %j', (info, reason) => {
    expect(readLiteLlmPrice('m', info, origin)).toEqual({ reason });
  });

  it('names the prices that it leaves out', () => {
    const info = {
      input_cost_per_token: 1e-6,
      input_cost_per_token_above_200k_tokens: 2e-6,
      input_cost_per_pixel: 0,
      code_interpreter_cost_per_session: 0.03,
      mode: 'chat',
    };
    expect(unpricedLiteLlmFields(info)).toEqual(['code_interpreter_cost_per_session']);
  });

  const rowOf = (info: object) => readLiteLlmPrice('m', { ...info }, origin).row!;

  it('[BX-011] reads service tiers and long prompts, and both together', () => {
    const row = rowOf({
      input_cost_per_token: 1e-6,
      output_cost_per_token: 4e-6,
      cache_read_input_token_cost: 1e-7,
      input_cost_per_token_priority: 2e-6,
      input_cost_per_token_batches: 5e-7,
      input_cost_per_token_above_200k_tokens: 3e-6,
      cache_read_input_token_cost_above_200k_tokens: 2e-7,
      input_cost_per_token_above_200k_tokens_priority: 6e-6,
      max_input_tokens: 200_000,
    });
    const [short, long] = [usageOf({ inputTokens: 200_000 }), usageOf({ inputTokens: 200_001 })];
    const tiers = [null, 'priority', 'batch', 'flex'];
    expect(tiers.map((tier) => cost(short, row, tier))).toEqual([
      200_000_000n,
      400_000_000n,
      100_000_000n,
      200_000_000n,
    ]);
    // No price of its own for a long batch: the standard one.
    expect(tiers.map((tier) => cost(long, row, tier))).toEqual([
      600_003_000n,
      1_200_006_000n,
      600_003_000n,
      600_003_000n,
    ]);
    expect(row.contextTokensMax).toBeNull();
    expect(price.decode(price.encode(row))).toEqual(row);
  });

  it('[BX-011] reads one price per length of prompt', () => {
    const ranges = [
      { range: [0, 256_000], input_cost_per_token: 5e-8, output_cost_per_token: 4e-7 },
      { range: [256_000, 1_000_000], input_cost_per_token: 2.5e-7, output_cost_per_token: 2e-6 },
    ];
    const row = rowOf({ tiered_pricing: ranges });
    expect(cost(usageOf({ inputTokens: 256_000 }), row)).toBe(12_800_000n);
    expect(cost(usageOf({ inputTokens: 256_001 }), row)).toBe(64_000_250n);
  });

  it('[BX-011] multiplies Anthropic’s services exactly', () => {
    const row = rowOf({
      litellm_provider: 'anthropic',
      input_cost_per_token: 5e-6,
      output_cost_per_token: 2.5e-5,
      provider_specific_entry: { us: 1.1, fast: 6 },
    });
    const usage = usageOf({ inputTokens: 1_000 });
    const costs = [null, 'us', 'fast', 'fast-us'].map((tier) => cost(usage, row, tier));
    expect(costs).toEqual([5_000_000n, 5_500_000n, 30_000_000n, 33_000_000n]);
  });

  it.each<[string, object, Partial<Usage>, bigint]>([
    ['a flat price per call', { input_cost_per_request: 0.005 }, { calls: 1 }, 5_000_000n],
    ['images', { mode: 'image_generation', input_cost_per_image: 0.04 }, { outputImages: 2 }, 80_000_000n],
    ['sound by its length', { input_cost_per_second: 0.0001 }, { inputSeconds: 61 }, 6_100_000n],
    ['film by its length', { output_cost_per_video_per_second: 0.1 }, { outputSeconds: 8 }, 800_000_000n],
    ['speech by its text', { input_cost_per_character: 1.5e-5 }, { characters: 1_000 }, 15_000_000n],
    [
      'reranking',
      { mode: 'rerank', input_cost_per_query: 0.002, input_cost_per_token: 0 },
      { searchUnits: 3 },
      6_000_000n,
    ],
    ['pages', { ocr_cost_per_page: 0.001 }, { pages: 7 }, 7_000_000n],
    [
      'searches, the dearest',
      { search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_high: 0.02 } },
      { searches: 2 },
      40_000_000n,
    ],
  ])('[BX-011] prices %s', (_, info, usage, expected) => {
    expect(cost(usageOf(usage), rowOf(info))).toBe(expected);
    expect(rowOf(info).free).toBe(false);
  });

  it.each([
    ['vertex_ai-language-models', 'gemini-2.5-pro', 'vertex_ai', 'gemini-2.5-pro'],
    ['vertex_ai-anthropic_models', 'vertex_ai/claude-opus-5', 'vertex_ai', 'claude-opus-5'],
    ['bedrock_converse', 'us.amazon.nova-pro-v1:0', 'bedrock', 'us.amazon.nova-pro-v1:0'],
    ['cohere_chat', 'command-r', 'cohere', 'command-r'],
    ['groq', 'groq/openai/gpt-oss-20b', 'groq', 'openai/gpt-oss-20b'],
  ])('knows %s %s as %s %s', (liteLlmProvider, name, provider, model) => {
    const info = { litellm_provider: liteLlmProvider, input_cost_per_token: 1e-6 };
    expect(readLiteLlmPrice(name, info, origin).row).toMatchObject({ provider, model });
  });
});
