import { formatUsd } from '@ao/kernel';
import { bundledPrices } from '../catalogue.js';
import { cost } from '../cost.js';
import { PriceBook } from '../price-book.js';
import { usageOf, type Usage } from '../usage.js';
import {
  serviceTierFromAnthropic,
  serviceTierFromGemini,
  serviceTierFromOpenAi,
  serviceTierOf,
  usageFromAnthropic,
  usageFromBedrock,
  usageFromCohere,
  usageFromGemini,
  usageFromOllama,
  usageFromOpenAi,
} from './index.js';

const AT = Date.UTC(2026, 10, 1);
const book = new PriceBook(bundledPrices());

/** What a provider reports, what that means, and what the bundled price list says that it costs. */
interface Golden {
  model: string;
  json: Record<string, unknown>;
  usage: Partial<Usage>;
  serviceTier?: string | null;
  usd: string;
}

function expectGolden(
  provider: string,
  read: (json: unknown) => Usage | null,
  { model, json, usage, serviceTier = null, usd }: Golden,
) {
  expect(read(json)).toEqual(usageOf(usage));
  const row = book.priceAt({ provider, model }, AT);
  expect(row).toBeDefined();
  expect(formatUsd(cost(usageOf(usage), row!, serviceTier))).toBe(usd);
}

describe('golden usage', () => {
  it.each<Golden>([
    {
      model: 'gpt-5.4',
      json: {
        prompt_tokens: 2_006,
        completion_tokens: 300,
        prompt_tokens_details: { cached_tokens: 1_920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 192, accepted_prediction_tokens: 0 },
      },
      usage: { inputTokens: 86, cachedInputTokens: 1_920, outputTokens: 108, reasoningTokens: 192 },
      usd: '0.005195',
    },
    {
      model: 'gpt-5.4',
      json: { input_tokens: 300_000, output_tokens: 1_000, input_tokens_details: { cached_tokens: 100_000 } },
      usage: { inputTokens: 200_000, cachedInputTokens: 100_000, outputTokens: 1_000 },
      usd: '1.0725',
    },
    {
      model: 'gpt-4o',
      json: { prompt_tokens: 1_000, completion_tokens: 100 },
      usage: { inputTokens: 1_000, outputTokens: 100 },
      serviceTier: 'priority',
      usd: '0.00595',
    },
    {
      model: 'gpt-5.6',
      json: {
        input_tokens: 10_000,
        output_tokens: 10,
        input_tokens_details: { cached_tokens: 4_000, cache_write_tokens: 5_000 },
      },
      usage: { inputTokens: 1_000, cachedInputTokens: 4_000, cacheWrite5mTokens: 5_000, outputTokens: 10 },
      serviceTier: 'flex',
      usd: '0.019275',
    },
    {
      model: 'gpt-4o-mini',
      json: { prompt_tokens: 1_000, completion_tokens: 1_000 },
      usage: { inputTokens: 1_000, outputTokens: 1_000 },
      serviceTier: 'batch',
      usd: '0.000375',
    },
    {
      model: 'gpt-4o-search-preview',
      json: { prompt_tokens: 1_000, completion_tokens: 100 },
      usage: { inputTokens: 1_000, outputTokens: 100 },
      usd: '0.0035',
    },
    {
      model: 'gpt-image-1',
      json: {
        input_tokens: 60,
        output_tokens: 1_056,
        input_tokens_details: { text_tokens: 10, image_tokens: 50 },
      },
      usage: { inputTokens: 10, imageInputTokens: 50, outputTokens: 1_056 },
      usd: '0.04279',
    },
    {
      model: 'whisper-1',
      json: { type: 'duration', seconds: 60.4 },
      usage: { inputSeconds: 61 },
      usd: '0.0061',
    },
    {
      model: 'gpt-4o-transcribe',
      json: { type: 'tokens', input_tokens: 100, output_tokens: 20, input_token_details: { audio_tokens: 90 } },
      usage: { inputTokens: 10, audioInputTokens: 90, outputTokens: 20 },
      usd: '0.00045',
    },
  ])('[BX-011] OpenAI, $model at $serviceTier: $usd', (golden) => expectGolden('openai', usageFromOpenAi, golden));

  it.each<Golden>([
    {
      model: 'claude-sonnet-4-6',
      json: {
        input_tokens: 100,
        cache_read_input_tokens: 10_000,
        cache_creation_input_tokens: 3_000,
        cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
        output_tokens: 500,
        output_tokens_details: { thinking_tokens: 200 },
        server_tool_use: { web_search_requests: 2 },
        service_tier: 'standard',
      },
      usage: {
        inputTokens: 100,
        cachedInputTokens: 10_000,
        cacheWrite5mTokens: 1_000,
        cacheWrite1hTokens: 2_000,
        outputTokens: 300,
        reasoningTokens: 200,
        searches: 2,
      },
      usd: '0.04655',
    },
    {
      model: 'claude-opus-4-5',
      json: { input_tokens: 1_000, cache_creation_input_tokens: 1_000, output_tokens: 1_000, service_tier: 'batch' },
      usage: { inputTokens: 1_000, cacheWrite5mTokens: 1_000, outputTokens: 1_000 },
      serviceTier: 'batch',
      usd: '0.018125',
    },
    {
      model: 'claude-opus-5',
      json: { input_tokens: 1_000, output_tokens: 1_000, speed: 'fast', inference_geo: 'us' },
      usage: { inputTokens: 1_000, outputTokens: 1_000 },
      serviceTier: 'fast-us',
      usd: '0.066',
    },
    {
      model: 'claude-haiku-5-5',
      json: { input_tokens: 1, cache_read_input_tokens: 100_000, output_tokens: 1_000 },
      usage: { inputTokens: 1, cachedInputTokens: 100_000, outputTokens: 1_000 },
      usd: '0.0075005',
    },
  ])('[BX-011] Anthropic, $model at $serviceTier: $usd', (golden) => {
    expectGolden('anthropic', usageFromAnthropic, golden);
    expect(serviceTierFromAnthropic(golden.json)).toBe(golden.serviceTier ?? null);
  });

  it.each<Golden>([
    {
      model: 'gemini-2.5-pro',
      json: {
        promptTokenCount: 250_000,
        cachedContentTokenCount: 100_000,
        candidatesTokenCount: 1_000,
        thoughtsTokenCount: 2_000,
        toolUsePromptTokenCount: 500,
        totalTokenCount: 253_500,
      },
      usage: { inputTokens: 150_500, cachedInputTokens: 100_000, outputTokens: 1_000, reasoningTokens: 2_000 },
      usd: '0.44625',
    },
    {
      model: 'gemini-2.5-flash',
      json: {
        promptTokenCount: 1_000,
        cachedContentTokenCount: 400,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 500 },
          { modality: 'AUDIO', tokenCount: 300 },
          { modality: 'IMAGE', tokenCount: 200 },
        ],
        cacheTokensDetails: [
          { modality: 'TEXT', tokenCount: 300 },
          { modality: 'AUDIO', tokenCount: 100 },
        ],
        candidatesTokenCount: 100,
        trafficType: 'ON_DEMAND',
      },
      usage: {
        inputTokens: 200,
        cachedInputTokens: 300,
        cachedAudioInputTokens: 100,
        audioInputTokens: 200,
        imageInputTokens: 200,
        outputTokens: 100,
      },
      usd: '0.000589',
    },
    {
      model: 'gemini-2.5-flash-image',
      json: {
        promptTokenCount: 10,
        candidatesTokenCount: 1_300,
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
      },
      usage: { inputTokens: 10, outputTokens: 10, imageOutputTokens: 1_290 },
      usd: '0.038728',
    },
    {
      model: 'gemini-3-pro-preview',
      json: { promptTokenCount: 1_000, candidatesTokenCount: 1_000, serviceTier: 'PRIORITY' },
      usage: { inputTokens: 1_000, outputTokens: 1_000 },
      serviceTier: 'priority',
      usd: '0.0252',
    },
  ])('[BX-011] Gemini, $model at $serviceTier: $usd', (golden) => {
    expectGolden('gemini', usageFromGemini, golden);
    expect(serviceTierFromGemini(golden.json)).toBe(golden.serviceTier ?? null);
  });

  it.each<Golden>([
    {
      model: 'anthropic.claude-sonnet-4-6',
      json: {
        inputTokens: 100,
        outputTokens: 200,
        totalTokens: 3_300,
        cacheReadInputTokens: 1_000,
        cacheWriteInputTokens: 2_000,
        cacheDetails: [
          { ttl: '1h', inputTokens: 500 },
          { ttl: '5m', inputTokens: 1_500 },
        ],
      },
      usage: {
        inputTokens: 100,
        cachedInputTokens: 1_000,
        cacheWrite5mTokens: 1_500,
        cacheWrite1hTokens: 500,
        outputTokens: 200,
      },
      usd: '0.012225',
    },
    {
      model: 'amazon.nova-pro-v1:0',
      json: { inputTokens: 1_000, outputTokens: 1_000, totalTokens: 2_000 },
      usage: { inputTokens: 1_000, outputTokens: 1_000 },
      usd: '0.004',
    },
  ])('[BX-011] Bedrock, $model: $usd', (golden) => expectGolden('bedrock', usageFromBedrock, golden));

  it.each<Golden>([
    {
      model: 'command-a-03-2025',
      json: {
        billed_units: { input_tokens: 1_000, output_tokens: 500 },
        tokens: { input_tokens: 1_300, output_tokens: 510 },
      },
      usage: { inputTokens: 1_000, outputTokens: 500 },
      usd: '0.0075',
    },
    {
      model: 'rerank-v3.5',
      json: { api_version: { version: '2' }, billed_units: { search_units: 3 } },
      usage: { searchUnits: 3 },
      usd: '0.006',
    },
  ])('[BX-011] Cohere, $model: $usd', (golden) => expectGolden('cohere', usageFromCohere, golden));

  it.each<[string, Golden]>([
    [
      'mistral',
      {
        model: 'mistral-large-2512',
        json: { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000, num_cached_tokens: 0 },
        usage: { inputTokens: 1_000, outputTokens: 1_000 },
        usd: '0.002',
      },
    ],
    [
      'groq',
      {
        model: 'openai/gpt-oss-120b',
        json: {
          queue_time: 0.1,
          prompt_tokens: 1_000,
          completion_tokens: 1_000,
          prompt_tokens_details: { cached_tokens: 600 },
        },
        usage: { inputTokens: 400, cachedInputTokens: 600, outputTokens: 1_000 },
        usd: '0.000705',
      },
    ],
    [
      'together_ai',
      {
        model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
        json: { prompt_tokens: 1_000, completion_tokens: 1_000, cached_tokens: 0 },
        usage: { inputTokens: 1_000, outputTokens: 1_000 },
        usd: '0.00176',
      },
    ],
    [
      'deepseek',
      {
        model: 'deepseek-chat',
        json: {
          prompt_tokens: 1_000,
          completion_tokens: 100,
          prompt_cache_hit_tokens: 900,
          prompt_cache_miss_tokens: 100,
          completion_tokens_details: { reasoning_tokens: 40 },
        },
        usage: { inputTokens: 100, cachedInputTokens: 900, outputTokens: 60, reasoningTokens: 40 },
        usd: '0.0000952',
      },
    ],
    [
      'xai',
      {
        model: 'grok-4.5',
        json: {
          prompt_tokens: 1_000,
          completion_tokens: 10,
          total_tokens: 1_110,
          prompt_tokens_details: { cached_tokens: 400 },
          completion_tokens_details: { reasoning_tokens: 100 },
          num_sources_used: 0,
        },
        usage: { inputTokens: 600, cachedInputTokens: 400, outputTokens: 10, reasoningTokens: 100 },
        usd: '0.00206',
      },
    ],
    [
      'perplexity',
      {
        model: 'sonar-deep-research',
        json: {
          prompt_tokens: 33,
          completion_tokens: 7_163,
          total_tokens: 7_196,
          citation_tokens: 20_016,
          num_search_queries: 28,
          reasoning_tokens: 95_305,
        },
        usage: { inputTokens: 20_049, outputTokens: 7_163, reasoningTokens: 95_305, searches: 28 },
        usd: '0.523317',
      },
    ],
  ])('[BX-011] a provider that speaks OpenAI’s protocol: %s', (provider, golden) =>
    expectGolden(provider, usageFromOpenAi, golden),
  );

  it('[BX-011] Perplexity’s fee by how much it searched', () => {
    const row = book.priceAt({ provider: 'perplexity', model: 'sonar-pro' }, AT)!;
    const usage = usageOf({ calls: 1, inputTokens: 100, outputTokens: 100 });
    const costs = ['low', 'medium', 'high', undefined].map((size) =>
      formatUsd(cost(usage, row, serviceTierFromOpenAi(null, { search_context_size: size }))),
    );
    expect(costs).toEqual(['0.0078', '0.0118', '0.0158', '0.0078']);
    expect(serviceTierFromOpenAi('flex', null)).toBe('flex');
  });

  it('[BX-011] OpenRouter’s searches and cache writes, Ollama’s counts', () => {
    const json = {
      prompt_tokens: 10,
      completion_tokens: 1,
      prompt_tokens_details: { cache_write_tokens: 5 },
      server_tool_use: { web_search_requests: 1 },
    };
    expect(usageFromOpenAi(json)).toEqual(
      usageOf({ inputTokens: 5, cacheWrite5mTokens: 5, outputTokens: 1, searches: 1 }),
    );
    expect(usageFromOllama({ prompt_eval_count: 26, eval_count: 290, done: true })).toEqual(
      usageOf({ inputTokens: 26, outputTokens: 290 }),
    );
    expect(usageFromOllama({ eval_count: 290 })).toEqual(usageOf({ outputTokens: 290 }));
  });

  it.each([usageFromAnthropic, usageFromBedrock, usageFromCohere, usageFromGemini, usageFromOllama, usageFromOpenAi])(
    'refuses garbage: %p',
    (read) => {
      for (const json of [null, undefined, 'x', 7, [], {}]) expect(read(json)).toBeNull();
      const sum = {
        promptTokenCount: 1e9,
        toolUsePromptTokenCount: 1e9,
        inputTokens: -1,
        input_tokens: 0.5,
        eval_count: '1',
      };
      expect(read(sum)).toBeNull();
    },
  );

  it.each([
    ['priority', 'priority'],
    ['FLEX', 'flex'],
    ['default', null],
    ['auto', null],
    ['on_demand', null],
    ['two words', null],
    ['x'.repeat(33), null],
    [7, null],
    [null, null],
  ])('knows the service %j as %j', (word, name) => expect(serviceTierOf(word)).toBe(name));
});
