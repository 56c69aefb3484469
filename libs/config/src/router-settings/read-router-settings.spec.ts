import { routerSettings, routingStrategy, type RouterSettings } from '@ao/contracts';
import { readRouterSettings } from './read-router-settings.js';

/** Checked against the contract, whose limits the reader must keep. */
function settingsOf(json: unknown): RouterSettings {
  const { settings, problems } = readRouterSettings(json, 'router_settings');
  expect(problems).toEqual([]);
  return routerSettings.parse(settings);
}

const warningsOf = (json: unknown): string[] => readRouterSettings(json, 'router_settings').warnings;

describe('readRouterSettings', () => {
  it('[RT-016] [BX-008] reads every field of a LiteLLM router_settings', () => {
    const json = {
      routing_strategy: 'latency-based-routing',
      routing_strategy_args: { lowest_latency_buffer: 0.5 },
      num_retries: 3,
      retry_after: 1.5,
      retry_policy: {
        BadRequestErrorRetries: 0,
        AuthenticationErrorRetries: 1,
        TimeoutErrorRetries: 2,
        RateLimitErrorRetries: 4,
        ContentPolicyViolationErrorRetries: 5,
        InternalServerErrorRetries: 6,
      },
      timeout: 30,
      stream_timeout: 12,
      fallbacks: [{ 'gpt-4o': ['claude', 'gemini'] }, { claude: ['gpt-4o'] }],
      context_window_fallbacks: [{ 'gpt-4o': ['gpt-4o-long'] }],
      content_policy_fallbacks: [{ 'gpt-4o': ['claude'] }],
      default_fallbacks: ['cheap'],
      max_fallbacks: 2,
      allowed_fails: 1,
      cooldown_time: 30,
      disable_cooldowns: false,
      enable_pre_call_checks: true,
      optional_pre_call_checks: ['prompt_caching'],
      enable_tag_filtering: true,
      set_verbose: true,
    };
    expect(warningsOf(json)).toEqual([]);
    expect(settingsOf(json)).toEqual({
      strategy: 'latency-based-routing',
      latencyBuffer: 0.5,
      retriesMax: 3,
      retryAfterMinMs: 1_500,
      retryPolicy: {
        badRequest: 0,
        authentication: 1,
        timeout: 2,
        rateLimit: 4,
        contentPolicy: 5,
        serverError: 6,
      },
      timeoutMs: 30_000,
      firstTokenMs: 12_000,
      stallMs: 12_000,
      fallbacks: { 'gpt-4o': ['claude', 'gemini'], claude: ['gpt-4o'] },
      contextWindowFallbacks: { 'gpt-4o': ['gpt-4o-long'] },
      contentPolicyFallbacks: { 'gpt-4o': ['claude'] },
      defaultFallbacks: ['cheap'],
      fallbacksMax: 2,
      allowedFails: 1,
      cooldownMs: 30_000,
      cooldowns: true,
      preCallChecks: true,
      promptCacheAffinity: true,
      tagFiltering: 'any',
    });
  });

  it('[RT-016] reads the fields of our own', () => {
    const json = {
      total_timeout: 90,
      first_token_timeout: 3,
      stall_timeout: 5,
      stream_timeout: 60,
      recover_streams: true,
      latency_buffer: 0.1,
      service_level: { latency_ms_p95_max: 2_000, error_rate_max: 0.05 },
      groups: { 'gpt-4o': { routing_strategy: 'least-busy', num_retries: 1, service_level: { error_rate_max: 1 } } },
      geo_rules: [{ countries: ['DE', 'FR'], regions: ['eu'] }],
      residency_regions: ['eu'],
    };
    expect(warningsOf(json)).toEqual([]);
    expect(settingsOf(json)).toEqual({
      totalTimeoutMs: 90_000,
      firstTokenMs: 3_000,
      stallMs: 5_000,
      recoverStreams: true,
      latencyBuffer: 0.1,
      serviceLevel: { latencyMsP95Max: 2_000, errorRateMax: 0.05 },
      groups: { 'gpt-4o': { strategy: 'least-busy', retriesMax: 1, serviceLevel: { errorRateMax: 1 } } },
      geoRules: [{ countries: ['DE', 'FR'], regions: ['eu'] }],
      residencyRegions: ['eu'],
    });
  });

  it('[RT-014] reads model_group_retry_policy by error, as plain limits, and beside groups', () => {
    const settings = settingsOf({
      model_group_retry_policy: {
        a: { RateLimitErrorRetries: 4 },
        b: { num_retries: 2, timeout: 10, retry_after: 1 },
        c: { num_retries: 2, TimeoutErrorRetries: 0 },
      },
      groups: { b: { num_retries: 5 } },
    });
    expect(settings.groups).toEqual({
      a: { retryPolicy: { rateLimit: 4 } },
      b: { retriesMax: 5, timeoutMs: 10_000, retryAfterMinMs: 1_000 },
      c: { retriesMax: 2, retryPolicy: { timeout: 0 } },
    });
  });

  it.each([...routingStrategy.options])('[RT-016] takes the strategy %s', (strategy) => {
    expect(settingsOf({ routing_strategy: strategy })).toEqual({ strategy });
  });

  it('[BX-008] takes strategies of LiteLLM by the names that it replaced, and leaves out the one that there is not', () => {
    expect(settingsOf({ routing_strategy: 'usage-based-routing' })).toEqual({ strategy: 'usage-based-routing-v2' });
    expect(settingsOf({ routing_strategy: 'provider-budget-routing' })).toEqual({});
    expect(warningsOf({ routing_strategy: 'provider-budget-routing' })).toEqual([
      'router_settings.routing_strategy: provider-budget-routing is not supported and ignored; use wallets and budgets',
    ]);
  });

  it('[RT-016] reads fallbacks as one map too, and "*" for all others', () => {
    expect(settingsOf({ fallbacks: { a: ['b'], '*': ['c'] } })).toEqual({ fallbacks: { a: ['b'], '*': ['c'] } });
    expect(settingsOf({ context_window_fallbacks: [{ '*': ['c'] }, { a: ['b'] }] })).toEqual({
      contextWindowFallbacks: { '*': ['c'], a: ['b'] },
    });
  });

  it('lets the first of two entries for a model hold', () => {
    expect(settingsOf({ fallbacks: [{ a: ['b'] }, { a: ['c'] }] }).fallbacks).toEqual({ a: ['b'] });
  });

  it('reads how tags must match', () => {
    expect(settingsOf({ enable_tag_filtering: true, tag_filtering_match_any: false })).toEqual({ tagFiltering: 'all' });
    expect(settingsOf({ enable_tag_filtering: false })).toEqual({ tagFiltering: 'off' });
    expect(settingsOf({ tag_filtering_match_any: true })).toEqual({});
    expect(warningsOf({ tag_filtering_match_any: true })).toHaveLength(1);
  });

  it('gives a call as long as one attempt may take', () => {
    expect(settingsOf({ timeout: 6_000 })).toEqual({ timeoutMs: 6_000_000, totalTimeoutMs: 6_000_000 });
    expect(settingsOf({ timeout: 6_000, total_timeout: 700 })).toEqual({
      timeoutMs: 6_000_000,
      totalTimeoutMs: 700_000,
    });
  });

  it('[RT-016] lists every problem at once, each with its path', () => {
    const { settings, problems } = readRouterSettings(
      {
        routing_strategy: 'fastest',
        num_retries: -1,
        timeout: '30',
        fallbacks: ['gpt-4o'],
        groups: { a: { stall_timeout: 0 } },
        model_group_retry_policy: { b: { TimeoutErrorRetries: 1.5 } },
        geo_rules: [{ countries: ['Germany'], regions: ['eu'] }],
      },
      'router_settings',
    );
    expect(settings).toEqual({});
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      `router_settings.routing_strategy: must be one of ${routingStrategy.options.join(', ')}`,
      'router_settings.num_retries: must not be negative',
      'router_settings.timeout: must be a number of seconds',
      'router_settings.model_group_retry_policy.b.TimeoutErrorRetries: must be a whole number',
      'router_settings.groups.a.stall_timeout: must be at least 0.001 seconds',
      'router_settings.fallbacks: must be a list such as [{gpt-4o: [claude-sonnet, gemini-pro]}], with at most 20 fallbacks for a model',
      'router_settings.geo_rules[0].countries[0]: must be a country such as "DE"',
    ]);
  });

  it.each([null, undefined, {}])('reads nothing from %s', (json) => {
    expect(readRouterSettings(json, '')).toEqual({ settings: {}, problems: [], warnings: [] });
  });

  it.each(['text', 3, ['a']])('refuses %s', (json) => {
    expect(readRouterSettings(json, 'settings').problems).toEqual([
      { path: 'settings', message: 'must be a map of keys to values' },
    ]);
  });

  it('[BX-008] warns of each field that is not supported, with what to do instead', () => {
    const json = {
      redis_host: 'localhost',
      caching_groups: [],
      allowed_fails_policy: { TimeoutErrorAllowedFails: 3 },
      routing_strategy_args: { ttl: 60 },
      retry_policy: { OtherErrorRetries: 1 },
      optional_pre_call_checks: ['router_budget_limiting'],
      groups: { a: { fallbacks: [] } },
    };
    expect(readRouterSettings(json, '').warnings.toSorted()).toEqual([
      'allowed_fails_policy: not supported and ignored; allowed_fails counts every failure of a deployment',
      'caching_groups: not supported and ignored',
      'groups.a.fallbacks: not supported and ignored',
      'optional_pre_call_checks: router_budget_limiting is not supported and ignored',
      'redis_host: not supported and ignored; set REDIS_URL',
      'retry_policy.OtherErrorRetries: not supported and ignored',
      'routing_strategy_args.ttl: not supported and ignored; the latest calls of a deployment count, and usage of the current minute',
    ]);
  });

  it('[BX-008] takes the most there is where a file asks for more', () => {
    const json = { num_retries: 50, cooldown_time: 3_600, max_fallbacks: 99, allowed_fails: 1e6, timeout: 86_400 };
    expect(settingsOf(json)).toEqual({
      retriesMax: 10,
      cooldownMs: 600_000,
      fallbacksMax: 20,
      allowedFails: 10_000,
      timeoutMs: 7_200_000,
      totalTimeoutMs: 7_200_000,
    });
    expect(warningsOf(json)).toContain('router_settings.cooldown_time: more than 600 seconds; 600 is used');
    expect(warningsOf(json)).toHaveLength(5);
  });

  it('keeps null where it lifts a restriction, and takes it as absent elsewhere', () => {
    expect(
      settingsOf({ geo_rules: null, residency_regions: null, timeout: null, groups: null, fallbacks: null }),
    ).toEqual({
      geoRules: null,
      residencyRegions: null,
    });
  });

  it('is safe against names that objects have anyway', () => {
    const json = JSON.parse(
      '{"groups": {"__proto__": {"num_retries": 1}, "constructor": {"num_retries": 2}}, "toString": 1}',
    );
    expect(settingsOf(json).groups?.['constructor']).toEqual({ retriesMax: 2 });
    expect(({} as RouterSettings).retriesMax).toBeUndefined();
    expect(warningsOf(json)).toEqual(['router_settings.toString: not supported and ignored']);
  });
});
