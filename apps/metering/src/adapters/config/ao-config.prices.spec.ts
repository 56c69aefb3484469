import { parseModelConfig } from '@ao/config';
import { silentLogger, type Logger } from '@ao/kernel';
import { toConfiguredPrices } from './ao-config.prices.js';

const FILE = `
model_list:
  - model_name: chat
    litellm_params: { model: openai/gpt-4o, api_key: k }
    model_info: { input_cost_per_token: 2.0e-06, output_cost_per_token: 0.000008, max_output_tokens: 4096 }
  - model_name: chat
    litellm_params: { model: openai/gpt-4o, api_key: other, input_cost_per_token: 1, output_cost_per_token: 1 }
  - model_name: local
    litellm_params: { model: ollama/llama3, input_cost_per_token: 0, output_cost_per_token: 0 }
  - model_name: pictures
    litellm_params: { model: openai/dall-e, api_key: k, output_cost_per_image: 0.04 }
  - model_name: tiered
    litellm_params: { model: openai/tiered, api_key: k }
    model_info:
      input_cost_per_token: 1.0e-06
      input_cost_per_token_priority: 2.0e-06
      input_cost_per_token_above_200k_tokens: 3.0e-06
      search_context_cost_per_query: { search_context_size_medium: 0.01 }
  - model_name: flat
    litellm_params: { model: openai/flat, api_key: k, input_cost_per_request: 0.002 }
  - model_name: ranges
    litellm_params: { model: openai/ranges, api_key: k }
    model_info:
      tiered_pricing:
        - { range: [0, 1000], input_cost_per_token: 1.0e-06, output_cost_per_token: 1.0e-06 }
        - { range: [1000, 9000], input_cost_per_token: 2.0e-06, output_cost_per_token: 2.0e-06 }
  - model_name: pixels
    litellm_params: { model: openai/pixels, api_key: k, input_cost_per_pixel: 0.00000001 }
`;

describe('prices in AO_CONFIG', () => {
  const warnings: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (fields, message) => void warnings.push(JSON.stringify(fields) + message),
  };
  const prices = toConfiguredPrices(parseModelConfig(FILE, {}).prices, logger);

  it('[PR-014] are read exactly, per provider and model, with the free ones marked', () => {
    expect(prices).toMatchObject([
      { provider: 'openai', model: 'gpt-4o', inputPico: 2_000_000n, outputPico: 8_000_000n, free: false },
      { provider: 'ollama', model: 'llama3', free: true },
      { provider: 'openai', model: 'dall-e', perOutputImagePico: 40_000_000_000n, free: false },
      { model: 'tiered' },
      { model: 'flat' },
      { model: 'ranges', inputPico: 1_000_000n, tiers: [{ promptTokensAbove: 1_000, inputPico: 2_000_000n }] },
    ]);
    expect(prices[0]).toMatchObject({ outputTokensMax: 4096, source: 'config: AO_CONFIG' });
  });

  it('[BX-011] [BX-012] may have tiers, searches and flat costs', () => {
    const [tiered, flat] = prices.slice(3);
    expect(tiered).toMatchObject({ inputPico: 1_000_000n, perSearchPico: 10_000_000_000n });
    const tiers = tiered!.tiers.map(({ serviceTier, promptTokensAbove, inputPico }) => [
      serviceTier,
      promptTokensAbove,
      inputPico,
    ]);
    expect(tiers).toEqual([
      ['priority', 0, 2_000_000n],
      [null, 200_000, 3_000_000n],
    ]);
    expect(flat).toMatchObject({ perCallPico: 2_000_000_000n, inputPico: 0n, free: false });
  });

  it('say what cannot be used', () => {
    expect(warnings).toEqual([
      expect.stringContaining('has a price already'),
      expect.stringContaining('"fields":["input_cost_per_pixel"]'),
      expect.stringContaining('no usable price (no price, and these are not supported: input_cost_per_pixel)'),
    ]);
  });
});
