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
    ]);
    expect(prices[0]).toMatchObject({ outputTokensMax: 4096, source: 'config: AO_CONFIG' });
  });

  it('say what cannot be used', () => {
    expect(warnings).toEqual([
      expect.stringContaining('has a price already'),
      expect.stringContaining('output_cost_per_image'),
      expect.stringContaining('no usable price per token'),
    ]);
  });
});
