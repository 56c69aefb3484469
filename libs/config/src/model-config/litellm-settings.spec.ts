import { routerSettings } from '@ao/contracts';
import { StartupError } from '@ao/kernel';
import type { ModelConfig } from './model-config.js';
import { parseModelConfig } from './parse-model-config.js';

const MODELS = 'model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o, api_key: k}}]\n';
const read = (text: string, environment: Record<string, string> = {}): ModelConfig => {
  const config = parseModelConfig(MODELS + text, environment);
  // The snapshot takes it as it is.
  expect(routerSettings.parse(config.router)).toEqual(config.router);
  return config;
};
const problemsIn = (text: string): string => {
  try {
    parseModelConfig(text, {});
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as Error).message;
  }
  throw new Error('the file was accepted');
};
/** The parameters of one deployment, with all that the file has beside it. */
const deploymentOf = (params: string, rest = '') => {
  const file = `model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o, ${params}}}]\n${rest}`;
  const { deployments, providers, warnings } = parseModelConfig(file, {});
  return { deployment: deployments[0]!, provider: providers[0]!, warnings };
};

describe('the settings of a LiteLLM file', () => {
  it('[RT-016] [BX-008] hands router_settings on', () => {
    const { router, warnings } = read(`
router_settings:
  routing_strategy: least-busy
  model_group_alias: {fast: m}
  num_retries: 2
  timeout: 30
  fallbacks: [{"m": ["other"]}]
  allowed_fails: 3
  cooldown_time: 30
  enable_pre_call_checks: true
  retry_policy: {RateLimitErrorRetries: 3, AuthenticationErrorRetries: 0}
`);
    expect(router).toEqual({
      strategy: 'least-busy',
      retriesMax: 2,
      timeoutMs: 30_000,
      fallbacks: { m: ['other'] },
      allowedFails: 3,
      cooldownMs: 30_000,
      preCallChecks: true,
      retryPolicy: { rateLimit: 3, authentication: 0 },
    });
    expect(warnings).toEqual([]);
  });

  it('[RT-016] [BX-008] reads the same of litellm_settings, where router_settings does not say it', () => {
    const { router, warnings } = read(`
litellm_settings:
  num_retries: 3
  request_timeout: 10
  fallbacks: [{"m": ["a"]}]
  default_fallbacks: ["b"]
  context_window_fallbacks: [{"m": ["c"]}]
  content_policy_fallbacks: [{"m": ["d"]}]
  allowed_fails: 1
  cooldown_time: 60
  drop_params: True
  json_logs: true
  set_verbose: False
router_settings:
  num_retries: 1
  fallbacks: [{"other": ["x"]}]
`);
    expect(router).toEqual({
      retriesMax: 1,
      timeoutMs: 10_000,
      fallbacks: { other: ['x'] },
      defaultFallbacks: ['b'],
      contextWindowFallbacks: { m: ['c'] },
      contentPolicyFallbacks: { m: ['d'] },
      allowedFails: 1,
      cooldownMs: 60_000,
      dropParams: true,
    });
    expect(warnings).toEqual([]);
  });

  it('lists what is wrong in both together with what is wrong elsewhere', () => {
    const message = problemsIn(`
model_list: [{model_name: m, litellm_params: {model: hosted_vllm/x}}]
litellm_settings: {num_retries: many}
router_settings: {routing_strategy: best}
`);
    for (const path of ['litellm_settings.num_retries', 'router_settings.routing_strategy', 'api_base: required']) {
      expect(message).toContain(path);
    }
  });

  it('[BX-008] takes a master key that cannot be guessed for the first admin key, and tells nobody', () => {
    const file = 'general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}';
    expect(read(file, { LITELLM_MASTER_KEY: 'sk-0123456789abcdef' })).toMatchObject({
      adminKey: 'sk-0123456789abcdef',
      warnings: [],
    });
    const guessable = read('general_settings: {master_key: sk-1234}');
    expect(guessable.adminKey).toBeNull();
    expect(guessable.warnings).toEqual([expect.stringContaining('at least 16 characters')]);
    expect(guessable.warnings.join()).not.toContain('sk-1234');
    expect(read(file).adminKey).toBeNull();
  });

  it('[BX-008] names what it does not do, with what to do instead', () => {
    const { warnings } = read(`
general_settings: {max_request_size_mb: 10, global_max_parallel_requests: 5, database_url: postgres://x}
litellm_settings: {success_callback: [langfuse], cache_params: {ttl: 5}}
`);
    expect(warnings).toEqual([
      'general_settings.max_request_size_mb: not supported and ignored; set BODY_LIMIT_BYTES',
      'general_settings.global_max_parallel_requests: not supported and ignored; give keys, teams or deployments their limits',
      'general_settings.database_url: not supported and ignored; set DATABASE_URL',
      'litellm_settings.success_callback: not supported and ignored; see docs/operations.md for traces and metrics',
      'litellm_settings.cache_params: has no effect without cache: true',
    ]);
  });
});

describe('the cache of a LiteLLM file', () => {
  const cacheOf = (settings: string) => {
    const { cache, warnings } = read(`litellm_settings: {${settings}}`);
    return { cache, warnings };
  };

  it('[BX-008] is on, off, or on request', () => {
    expect(cacheOf('drop_params: true').cache).toBeNull();
    expect(cacheOf('cache: false, cache_params: {ttl: 5}').cache).toEqual({ mode: 'off' });
    expect(cacheOf('cache: true').cache).toEqual({ mode: 'default_on' });
    expect(cacheOf('cache: true, cache_params: {mode: default_off}').cache).toEqual({ mode: 'default_off' });
  });

  it('[BX-008] has TTLs, a namespace and the kinds of calls that it is for', () => {
    const { cache, warnings } = cacheOf(
      'cache: true, cache_params: {type: redis, ttl: 600, namespace: a, ttl_by_model: {m: 1.5}, ttl_by_team: {t: 9}, ' +
        'supported_call_types: [acompletion, completion, atext_completion, aembedding, atranscription]}',
    );
    expect(cache).toEqual({
      mode: 'default_on',
      ttlMs: 600_000,
      ttlMsByModel: { m: 1_500 },
      ttlMsByTeam: { t: 9_000 },
      namespace: 'a',
      callTypes: ['chat', 'completion', 'embedding'],
    });
    expect(warnings).toEqual(['litellm_settings.cache_params.supported_call_types: atranscription is not cached']);
  });

  it('[BX-008] answers by meaning where an embedding model is named', () => {
    const semantic = 'type: redis-semantic, similarity_threshold: 0.8';
    expect(
      cacheOf(`cache: true, cache_params: {${semantic}, redis_semantic_cache_embedding_model: e}`).cache,
    ).toMatchObject({ semantic: { embeddingModel: 'e', similarityMin: 0.8 } });
    expect(cacheOf(`cache: true, cache_params: {${semantic}}`).warnings).toEqual([
      expect.stringContaining('name an embedding model'),
    ]);
  });

  it('[BX-008] says where answers are kept', () => {
    expect(cacheOf('cache: true, cache_params: {type: s3, s3_bucket_name: b, host: h}').warnings).toEqual([
      'litellm_settings.cache_params.s3_bucket_name: not supported and ignored',
      'litellm_settings.cache_params.host: not supported and ignored; answers are kept in REDIS_URL, or in memory',
      'litellm_settings.cache_params.type: s3 is not supported and ignored; answers are kept in REDIS_URL, or in memory',
    ]);
    expect(cacheOf('cache: true, cache_params: {ttl: 99999999}').cache).toMatchObject({ ttlMs: 2_592_000_000 });
  });
});

describe('a deployment of a LiteLLM file', () => {
  it('[BX-008] has its own limits', () => {
    const { deployment, warnings } = deploymentOf(
      'timeout: 300, stream_timeout: 60, stall_timeout: 5, max_parallel_requests: 7, cooldown_time: 9',
    );
    expect(deployment).toMatchObject({ timeoutMs: 300_000, firstTokenMs: 60_000, stallMs: 5_000, concurrencyMax: 7 });
    expect(warnings).toEqual([
      'model_list[0].litellm_params.cooldown_time: not supported and ignored; set router_settings.cooldown_time',
      'model_list[0].litellm_params.api_key: the environment variable OPENAI_API_KEY is not set',
    ]);
  });

  it('[BX-008] shares its provider with one that has other limits, and keeps its id when they change', () => {
    const entry = (timeout: number) => `{model_name: m, litellm_params: {model: openai/gpt-4o, timeout: ${timeout}}}`;
    const { providers, deployments } = parseModelConfig(`model_list: [${entry(1)}, ${entry(2)}]`, {});
    expect(providers).toHaveLength(1);
    expect(deployments.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 2_000]);
    expect(deploymentOf('timeout: 5').deployment.id).toBe(deploymentOf('').deployment.id);
  });

  it('[BX-008] has the calls at once that the file gives to all', () => {
    expect(
      deploymentOf('rpm: 1', 'router_settings: {default_max_parallel_requests: 3}').deployment.concurrencyMax,
    ).toBe(3);
    expect(deploymentOf('rpm: 1', 'general_settings: {max_parallel_requests: 4}').deployment.concurrencyMax).toBe(4);
    expect(deploymentOf('rpm: 1', 'general_settings: {max_parallel_requests: 0}').deployment.concurrencyMax).toBeNull();
  });

  it('says whether it continues answers', () => {
    const file = (info: string) =>
      parseModelConfig(`model_list: [{model_name: m, model_info: {${info}}, params: {model: openai/x}}]`, {});
    expect(file('supports_assistant_prefill: true').deployments[0]!.continuesAnswers).toBe(true);
    expect(file('mode: chat').deployments[0]!.continuesAnswers).toBeNull();
  });

  it('[BX-008] is reached with the credential that it names', () => {
    const list = `
credential_list:
  - credential_name: ours
    credential_values: {api_key: sk-of-the-list, api_base: https://ours.example/v1}
    credential_info: {description: for all}
`;
    const { provider, warnings } = deploymentOf('litellm_credential_name: ours', list);
    expect(provider).toMatchObject({ apiKey: 'sk-of-the-list', baseUrl: 'https://ours.example/v1' });
    expect(warnings).toEqual([]);
    expect(deploymentOf('litellm_credential_name: ours, api_key: own', list).provider.apiKey).toBe('own');
    expect(
      problemsIn('model_list: [{model_name: m, params: {model: openai/x, litellm_credential_name: no}}]'),
    ).toContain('litellm_credential_name: no credential');
    expect(problemsIn(list + list.replace('credential_list:\n', ''))).toContain('two credentials have the name ours');
  });
});

describe('a wildcard of a LiteLLM file', () => {
  const groupsOf = (list: string, environment: Record<string, string> = {}) => {
    const { deployments, warnings, prices } = parseModelConfig(`model_list: ${list}`, environment);
    return { groups: deployments.map(({ modelGroup, model }) => [modelGroup, model]), warnings, prices };
  };

  it('[BX-008] is a group that stands for many names', () => {
    expect(
      groupsOf(
        '[{model_name: "openai/*", params: {model: "openai/*", api_key: k}}, {model_name: "my-*", params: {model: groq/org-*, api_key: k}}]',
      ),
    ).toMatchObject({
      groups: [
        ['openai/*', '*'],
        ['my-*', 'org-*'],
      ],
      warnings: [],
    });
  });

  it('[BX-008] for everything opens every provider whose key is there, and takes no entry of the file over', () => {
    const environment = { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b', GROQ_API_KEY: 'c' };
    const { groups } = groupsOf(
      '[{model_name: "*", params: {model: "*"}}, {model_name: "groq/*", params: {model: groq/llama}}]',
      environment,
    );
    expect(groups).toEqual(
      expect.arrayContaining([
        ['*', '*'],
        ['openai/*', '*'],
        ['anthropic/*', '*'],
        ['claude-*', 'claude-*'],
        ['groq/*', 'llama'],
      ]),
    );
    expect(groups.filter(([name]) => name === 'groq/*')).toHaveLength(1);
    expect(groupsOf('[{model_name: "*", params: {model: "*", api_key: k}}]', environment).groups).toEqual([['*', '*']]);
  });

  it('has its price for all that it stands for', () => {
    const info = 'model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}';
    expect(groupsOf(`[{model_name: "o/*", params: {model: "openai/*", api_key: k}, ${info}}]`).prices).toMatchObject([
      { vendor: 'openai', model: 'o/*' },
    ]);
  });

  it.each([
    ['a/*', 'openai/*-*', 'has more than one *'],
    ['*/*', 'openai/*', 'has more than one *'],
    ['a', 'openai/*', 'has a * where model_name has none'],
  ])('is left out as %s for %s', (name, model, reason) => {
    const { groups, warnings } = groupsOf(`[{model_name: "${name}", params: {model: "${model}", api_key: k}}]`);
    expect(groups).toEqual([]);
    expect(warnings).toEqual([`model_list[0].params.model: ${reason}; this model is left out`]);
  });
});
