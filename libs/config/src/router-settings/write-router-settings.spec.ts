import { routingStrategy, type RouterSettings } from '@ao/contracts';
import fc from 'fast-check';
import { readRouterSettings } from './read-router-settings.js';
import { settingsOfField, writeRouterSettings } from './write-router-settings.js';

const model = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
const retries = fc.integer({ min: 0, max: 10 });
const limitMs = fc.integer({ min: 1, max: 600_000 });
const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });
const policy = {
  strategy: fc.constantFrom(...routingStrategy.options),
  retriesMax: retries,
  retryPolicy: some({ badRequest: retries, timeout: retries, rateLimit: retries, serverError: retries }),
  retryAfterMinMs: limitMs,
  timeoutMs: limitMs,
  firstTokenMs: limitMs,
  stallMs: limitMs,
  recoverStreams: fc.boolean(),
  serviceLevel: some({ latencyMsP95Max: limitMs, errorRateMax: fc.double({ min: 0, max: 1, noNaN: true }) }),
  promptCacheAffinity: fc.boolean(),
};
const fallbacks = fc.dictionary(model, fc.array(model, { maxLength: 3 }), { maxKeys: 3, noNullPrototype: true });
const regions = fc.array(model, { minLength: 1, maxLength: 3 });
/** Every setting there is: a new one must be written too. */
const every: { [K in keyof RouterSettings]-?: fc.Arbitrary<NonNullable<RouterSettings[K]> | null> } = {
  ...policy,
  groups: fc.dictionary(model, some(policy), { maxKeys: 3, noNullPrototype: true }),
  totalTimeoutMs: limitMs,
  allowedFails: retries,
  cooldownMs: limitMs,
  cooldowns: fc.boolean(),
  fallbacks,
  contextWindowFallbacks: fallbacks,
  contentPolicyFallbacks: fallbacks,
  defaultFallbacks: fc.array(model, { maxLength: 3 }),
  fallbacksMax: retries,
  tagFiltering: fc.constantFrom('off' as const, 'all' as const, 'any' as const),
  preCallChecks: fc.boolean(),
  dropParams: fc.boolean(),
  latencyBuffer: fc.double({ min: 0, max: 10, noNaN: true }),
  geoRules: fc.option(fc.array(fc.record({ countries: fc.constant(['DE']), regions }), { maxLength: 2 })),
  residencyRegions: fc.option(regions),
};
const settings = some(every) as fc.Arbitrary<RouterSettings>;

describe('written router settings', () => {
  it('[RT-016] are read again as what they were', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const written = JSON.parse(JSON.stringify(writeRouterSettings(given))) as unknown;
        expect(readRouterSettings(written, '')).toEqual({ settings: given, problems: [], warnings: [] });
      }),
    );
  });

  it('[RT-016] have a field for every setting', () => {
    const fields = ['num_retries', 'timeout', 'cooldown_time', 'geo_rules', 'nonsense', 'toString'];
    const found = fields.map((field) => settingsOfField(field));
    expect(found).toEqual([['retriesMax'], ['timeoutMs'], ['cooldownMs'], ['geoRules'], [], []]);
    fc.assert(
      fc.property(settings, (given) => {
        const decided = new Set(Object.keys(writeRouterSettings(given)).flatMap(settingsOfField));
        expect([...decided].sort()).toEqual(Object.keys(given).sort());
      }),
    );
  });
});
