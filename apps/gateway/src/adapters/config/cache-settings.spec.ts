import { loadGatewayConfig } from '../../config.js';
import { cacheSettingsOf, withFile } from './cache-settings.js';

const environment = { CACHE_MODE: 'default_off', CACHE_TTL_MS: '5000', CACHE_TTL_MS_BY_MODEL: 'chat=60000, code=2000' };
const settings = cacheSettingsOf(loadGatewayConfig(environment));

describe('the settings of the response cache', () => {
  it('[CA-003] come from the environment, off unless it says otherwise', () => {
    expect(cacheSettingsOf(loadGatewayConfig({}))).toMatchObject({ mode: 'off', ttlMs: 3_600_000, semantic: null });
    const ttls = { ttlMs: 5_000, ttlMsByModel: { chat: 60_000, code: 2_000 }, ttlMsByTeam: {} };
    expect(settings).toMatchObject({ mode: 'default_off', ...ttls });
    for (const bad of ['chat', 'chat=1', 'chat=x', '=1000', 'chat=99999999999']) {
      expect(() => loadGatewayConfig({ CACHE_TTL_MS_BY_TEAM: bad })).toThrow(/CACHE_TTL_MS_BY_TEAM/);
    }
    for (const bad of ['1.1', '-0.5', 'near']) {
      expect(() => loadGatewayConfig({ CACHE_SIMILARITY_MIN: bad })).toThrow(/CACHE_SIMILARITY_MIN/);
    }
    expect(loadGatewayConfig({ CACHE_SIMILARITY_MIN: '.95' }).CACHE_SIMILARITY_MIN).toBe(0.95);
  });

  it('[CA-003] [CA-006] take what AO_CONFIG says, and keep the rest', () => {
    expect(withFile(settings, null)).toBe(settings);
    const file = {
      mode: 'default_on' as const,
      ttlMs: 500,
      ttlMsByModel: { code: 9_000 },
      callTypes: ['chat', 'embedding'],
      semantic: { embeddingModel: 'embed', similarityMin: 0.8 },
    };
    expect(withFile(settings, file)).toEqual({
      ...settings,
      mode: 'default_on',
      ttlMs: 1_000,
      ttlMsByModel: { chat: 60_000, code: 9_000 },
      callTypes: ['chat', 'embedding'],
      semantic: { embeddingModel: 'embed', similarityMin: 0.8, questionsMax: 1_000 },
    });
    expect(withFile(settings, { mode: 'off' })).toEqual({ ...settings, mode: 'off' });
  });
});
