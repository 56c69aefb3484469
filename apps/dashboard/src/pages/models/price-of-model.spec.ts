import type { Price } from '../../api/types.js';
import { priceOfModel, searchPrices } from './price-of-model.js';

const nowMs = Date.parse('2026-11-20T12:00:00.000Z');
const price = (id: string, fields: Partial<Price> = {}): Price => ({
  id,
  model: 'gpt-5.2',
  provider: 'openai',
  effective_from: '2026-01-01T00:00:00.000Z',
  input_usd_per_million: '1.75',
  output_usd_per_million: '14',
  cached_input_usd_per_million: null,
  cache_write_5m_usd_per_million: null,
  cache_write_1h_usd_per_million: null,
  reasoning_usd_per_million: null,
  free: false,
  context_tokens_max: null,
  output_tokens_max: null,
  source: 'catalogue',
  ...fields,
});
const model = { id: 'gpt-5.2', owned_by: 'openai' };

describe('the price of a model', () => {
  it('is the latest that has begun, of its own provider before any other', () => {
    const prices = [
      price('any', { provider: null, effective_from: '2026-06-01T00:00:00.000Z' }),
      price('first'),
      price('now', { effective_from: '2026-03-01T00:00:00.000Z' }),
      price('later', { effective_from: '2027-01-01T00:00:00.000Z' }),
      price('other', { provider: 'azure', effective_from: '2026-09-01T00:00:00.000Z' }),
    ];
    expect(priceOfModel(model, prices, nowMs)?.id).toBe('now');
    expect(priceOfModel({ ...model, owned_by: 'ollama' }, prices, nowMs)?.id).toBe('any');
  });

  it('is not known when the catalogue has none under this name, or none yet', () => {
    expect(priceOfModel({ id: 'fast', owned_by: 'openai' }, [price('a')], nowMs)).toBeUndefined();
    expect(priceOfModel(model, [price('a', { effective_from: '2027-01-01T00:00:00.000Z' })], nowMs)).toBeUndefined();
  });
});

describe('a search in the prices', () => {
  const prices = [price('a'), price('b', { model: 'gemini-3-pro', provider: null, source: 'api' })];

  it('wants every word, in any field and any case', () => {
    expect(searchPrices(prices, 'GPT openai').map(({ id }) => id)).toEqual(['a']);
    expect(searchPrices(prices, 'api').map(({ id }) => id)).toEqual(['b']);
    expect(searchPrices(prices, ' ')).toHaveLength(2);
    expect(searchPrices(prices, 'gpt gemini')).toEqual([]);
  });
});
