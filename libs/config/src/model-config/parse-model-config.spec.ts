import { StartupError } from '@ao/kernel';
import { parseModelConfig } from './parse-model-config.js';

/** In the words of LiteLLM's own documentation. */
const LITELLM_FILE = `
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
      organization: org-1
      rpm: 480
      timeout: 300
      stream_timeout: 60
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://my-endpoint-europe-berri-992.openai.azure.com/
      api_key: "os.environ/AZURE_API_KEY_EU"
      rpm: 6
  - model_name: claude-4
    litellm_params:
      model: claude-4-opus
      api_key: os.environ/ANTHROPIC_API_KEY
  - model_name: vllm-models
    litellm_params:
      model: openai/facebook/opt-125m
      api_base: http://0.0.0.0:4000/v1
      api_key: none
      rpm: 1440
    model_info:
      version: 2
      input_cost_per_token: 0.000001
      output_cost_per_token: 2.5e-06
      max_tokens: 8192
  - model_name: fast
    litellm_params:
      model: groq/llama-3.3-70b-versatile
      tags: ["free", "eu"]
      weight: 3
      order: 2
      tpm: 100000
      max_retries: 2
      region_name: eu-west1
      mock_response: hello
  - model_name: "*"
    litellm_params:
      model: "*"
litellm_settings:
  drop_params: True
  callbacks: ["langfuse"]
router_settings:
  routing_strategy: usage-based-routing-v2
  model_group_alias: {"gpt-4": "gpt-4o", "gpt-3.5-turbo": {"model": "fast", "hidden": true}}
  redis_host: os.environ/REDIS_HOST
general_settings:
  master_key: sk-1234
environment_variables:
  GROQ_API_KEY: gsk-from-the-file
`;
const environment = { OPENAI_API_KEY: 'sk-openai-secret' };

const fileOf = (params: object, more: object = {}): string =>
  JSON.stringify({ model_list: [{ model_name: 'm', litellm_params: { model: 'openai/gpt-4o', ...params }, ...more }] });
const problemsIn = (text: string): string => {
  try {
    parseModelConfig(text, {});
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as Error).message;
  }
  throw new Error('the file was accepted');
};

describe('a LiteLLM file', () => {
  const config = parseModelConfig(LITELLM_FILE, environment);
  const named = (modelGroup: string) => config.deployments.filter((each) => each.modelGroup === modelGroup);

  it('[BX-008] starts the gateway with every model that a connector reaches', () => {
    expect(config.deployments.map(({ modelGroup, model }) => [modelGroup, model])).toEqual([
      ['gpt-4o', 'gpt-4o'],
      ['gpt-4o', 'gpt-4o-eu'],
      ['claude-4', 'claude-4-opus'],
      ['vllm-models', 'facebook/opt-125m'],
      ['fast', 'llama-3.3-70b-versatile'],
      ['*', '*'],
      ['openai/*', '*'],
      ['groq/*', '*'],
    ]);
    expect(config.providers.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['openai', 'https://api.openai.com/v1'],
      ['azure', 'https://my-endpoint-europe-berri-992.openai.azure.com'],
      ['anthropic', 'https://api.anthropic.com'],
      ['openai-2', 'http://0.0.0.0:4000/v1'],
      ['groq', 'https://api.groq.com/openai/v1'],
      ['openai-3', 'https://api.openai.com/v1'],
    ]);
  });

  it('[PR-019] reads region, tags, weight, priority and limits', () => {
    expect(named('fast')[0]).toMatchObject({
      region: 'eu-west1',
      tags: ['free', 'eu'],
      weight: 3,
      priority: 2,
      requestsPerMinuteMax: null,
      tokensPerMinuteMax: 100_000,
      retriesMax: 2,
    });
    expect(named('gpt-4o')[0]).toMatchObject({
      region: null,
      tags: [],
      weight: 1,
      priority: 0,
      requestsPerMinuteMax: 480,
    });
  });

  it('[PR-002] reads the organisation, and the limits of a deployment in seconds', () => {
    expect(config.providers[0]).toMatchObject({ organisation: 'org-1' });
    expect(named('gpt-4o')[0]).toMatchObject({ timeoutMs: 300_000, firstTokenMs: 60_000, stallMs: 60_000 });
    expect(named('gpt-4o')[1]).toMatchObject({ timeoutMs: null, firstTokenMs: null, stallMs: null });
  });

  it('resolves keys from references, from literals and from the variable of the vendor', () => {
    expect(config.providers.map(({ apiKey, keyReference }) => [apiKey, keyReference])).toEqual([
      ['sk-openai-secret', 'os.environ/OPENAI_API_KEY'],
      [null, 'os.environ/AZURE_API_KEY_EU'],
      [null, 'os.environ/ANTHROPIC_API_KEY'],
      ['none', null],
      ['gsk-from-the-file', 'os.environ/GROQ_API_KEY'],
      ['sk-openai-secret', 'os.environ/OPENAI_API_KEY'],
    ]);
  });

  it('[RT-008] reads both forms of an alias', () => {
    expect(config.aliases).toEqual([
      { alias: 'gpt-4', modelGroup: 'gpt-4o', hidden: false },
      { alias: 'gpt-3.5-turbo', modelGroup: 'fast', hidden: true },
    ]);
  });

  it('hands the prices on as they are written', () => {
    expect(config.prices).toEqual([
      {
        deploymentId: named('vllm-models')[0]!.id,
        vendor: 'openai',
        model: 'facebook/opt-125m',
        info: {
          input_cost_per_token: 0.000001,
          output_cost_per_token: 2.5e-6,
          max_tokens: 8192,
          litellm_provider: 'openai',
        },
      },
    ]);
  });

  it('[BX-008] names what it does not support, with its path', () => {
    expect(config.warnings).toEqual([
      'litellm_settings.callbacks: not supported and ignored; see docs/operations.md for traces and metrics',
      'router_settings.redis_host: not supported and ignored; set REDIS_URL',
      'model_list[1].litellm_params.api_key: the environment variable AZURE_API_KEY_EU is not set',
      'model_list[2].litellm_params.api_key: the environment variable ANTHROPIC_API_KEY is not set',
      'model_list[3].model_info.version: not supported and ignored',
      'model_list[4].litellm_params.mock_response: not supported and ignored; the provider is called; see docs/litellm.md',
      'general_settings.master_key: must have at least 16 characters; it is ignored, set another or AO_ADMIN_KEY',
    ]);
  });

  it('has no key in a warning', () => {
    expect(JSON.stringify(config.warnings)).not.toMatch(/sk-1234|secret|gsk-/);
  });
});

describe('the ids of a file', () => {
  const idsOf = (text: string): string[] => {
    const { providers, deployments } = parseModelConfig(text, environment);
    return [...providers, ...deployments].map(({ id }) => id);
  };

  it('are the same after a restart, and when what does not identify changes', () => {
    expect(idsOf(LITELLM_FILE)).toEqual(idsOf(LITELLM_FILE));
    expect(idsOf(fileOf({ rpm: 1, tags: ['a'] }))).toEqual(idsOf(fileOf({ rpm: 2 })));
  });

  it('are the same for a new key in the same variable', () => {
    const file = fileOf({ api_key: 'os.environ/KEY' });
    const [before, after] = ['old', 'new'].map((KEY) => parseModelConfig(file, { KEY }));
    expect(before!.providers[0]!.apiKey).toBe('old');
    expect(after!.providers[0]).toEqual({ ...before!.providers[0], apiKey: 'new' });
  });

  it('differ between two keys, two addresses and two models', () => {
    const files = [
      { api_key: 'a' },
      { api_key: 'b' },
      { api_key: 'a', api_base: 'https://other.example/v1' },
      { api_key: 'a', model: 'openai/gpt-4o-mini' },
    ];
    const deployments = files.map((params) => parseModelConfig(fileOf(params), {}).deployments[0]!.id);
    expect(new Set(deployments).size).toBe(files.length);
  });

  it('stay unique when a file repeats an entry', () => {
    const entry = { model_name: 'm', params: { model: 'gpt-4o', api_key: 'a' } };
    const { providers, deployments } = parseModelConfig(JSON.stringify({ model_list: [entry, entry] }), {});
    expect(providers).toHaveLength(1);
    expect(new Set(deployments.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a provider of a file', () => {
  const providerOf = (params: object, variables: Record<string, string> = {}) => {
    const { providers, warnings } = parseModelConfig(fileOf(params), variables);
    return { provider: providers[0], warnings };
  };

  it.each([
    ['groq/llama-3', 'groq', 'https://api.groq.com/openai/v1'],
    ['together_ai/org/model', 'together_ai', 'https://api.together.xyz/v1'],
    ['mistral/mistral-large-latest', 'mistral', 'https://api.mistral.ai/v1'],
    ['deepseek/deepseek-chat', 'deepseek', 'https://api.deepseek.com/v1'],
    ['openrouter/anthropic/claude-3', 'openrouter', 'https://openrouter.ai/api/v1'],
    ['xai/grok-3', 'xai', 'https://api.x.ai/v1'],
    ['fireworks_ai/accounts/fireworks/models/x', 'fireworks_ai', 'https://api.fireworks.ai/inference/v1'],
    ['perplexity/sonar', 'perplexity', 'https://api.perplexity.ai'],
    ['ollama/llama3', 'ollama', 'http://localhost:11434'],
    ['anthropic/claude-4', 'anthropic', 'https://api.anthropic.com'],
    ['gemini/gemini-2', 'gemini', 'https://generativelanguage.googleapis.com/v1beta'],
    ['cohere/command-r', 'cohere', 'https://api.cohere.com'],
    ['command-r', 'cohere', 'https://api.cohere.com'],
    ['gpt-4o', 'openai', 'https://api.openai.com/v1'],
  ])('%s is reached through %s at %s', (model, vendor, baseUrl) => {
    expect(providerOf({ model }).provider).toMatchObject({ vendor, baseUrl, kind: vendor });
  });

  it.each([
    ['ollama_chat/llama3', 'ollama_chat', 'ollama'],
    ['cohere_chat/command-r', 'cohere_chat', 'cohere'],
  ])('%s starts as %s at the prices of %s', (model, kind, vendor) => {
    expect(providerOf({ model }).provider).toMatchObject({ kind, vendor });
  });

  it.each(['watsonx/x', 'constructor/x'])('%s is left out with a warning', (model) => {
    const { provider, warnings } = providerOf({ model });
    expect(provider).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('is not supported yet')]);
  });

  it.each([
    [{ model: 'ollama/llama3', api_base: 'http://gpu:11434' }, 'http://gpu:11434'],
    [{ model: 'ollama/llama3', api_base: 'http://gpu:11434/v1/' }, 'http://gpu:11434/v1'],
    [{ base_url: 'https://proxy.example/openai/' }, 'https://proxy.example/openai'],
    [{ api_base: 'os.environ/BASE' }, 'https://from.example/v1'],
    [{ model: 'org/model', custom_llm_provider: 'hosted_vllm', api_base: 'http://gpu:8000/v1' }, 'http://gpu:8000/v1'],
  ])('%j is called at %s', (params, baseUrl) => {
    expect(providerOf(params, { BASE: 'https://from.example/v1' }).provider?.baseUrl).toBe(baseUrl);
  });

  it('does not send the key of a vendor to another host', () => {
    const variables = { OPENAI_API_KEY: 'sk-secret' };
    expect(providerOf({}, variables).provider?.apiKey).toBe('sk-secret');
    expect(providerOf({ api_base: 'https://other.example/v1' }, variables).provider?.apiKey).toBeNull();
  });

  it('is left out rather than called at a default address when its own is unknown', () => {
    const { provider, warnings } = providerOf({ api_base: 'os.environ/NOWHERE', api_key: 'sk-secret' });
    expect(provider).toBeUndefined();
    expect(warnings[0]).toContain('NOWHERE is not set');
  });

  it('warns of a key variable that is not set', () => {
    const { provider, warnings } = providerOf({ api_key: 'os.environ/ABSENT' });
    expect(provider).toMatchObject({ apiKey: null, keyReference: 'os.environ/ABSENT' });
    expect(warnings).toEqual(['model_list[0].litellm_params.api_key: the environment variable ABSENT is not set']);
  });

  it('is read the same under each name of the parameters', () => {
    const read = (key: string) =>
      parseModelConfig(
        JSON.stringify({ model_list: [{ model_name: 'm', [key]: { model: 'groq/x', api_key: 'k' } }] }),
        {},
      );
    expect(read('tianji_params')).toEqual(read('litellm_params'));
    expect(read('params')).toEqual(read('litellm_params'));
  });
});

describe('a bad file', () => {
  it('is refused with every mistake at once', () => {
    const message = problemsIn(`
model_list:
  - model_name: 7
    litellm_params: {model: openai/gpt-4o, rpm: many, tags: eu, timeout: "10"}
  - model_name: b
router_settings: {model_group_alias: {a: 3}}
general_settings: []
`);
    for (const path of [
      'model_list[0].model_name: must be text',
      'model_list[0].litellm_params.rpm: must be a whole number',
      'model_list[0].litellm_params.tags: must be a list',
      'model_list[0].litellm_params.timeout: must be a number of seconds',
      'model_list[1]: must have exactly one of litellm_params',
      'router_settings.model_group_alias.a: must be the name of a model',
      'general_settings: must be a map',
    ]) {
      expect(message).toContain(path);
    }
  });

  it.each([
    ['YAML that is none', 'a: [1\nb: "', 'line'],
    ['the same key twice', 'model_list: []\nmodel_list: []', 'duplicate key'],
    ['a list', '- a', 'the file: must be a map'],
    [
      'aliases that explode',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(10)}]\nc: &c [${'*b,'.repeat(10)}]\nd: [${'*c,'.repeat(10)}]`,
      'YAML aliases',
    ],
    ['too much', `# ${'x'.repeat(5_000_000)}`, 'larger than'],
    ['a base URL that is none', fileOf({ api_base: 'localhost:8000' }), 'api_base: must be an http or https URL'],
    ['a password in a URL', fileOf({ api_base: 'https://u:p@x.example/v1' }), 'without user, password'],
    ['no address for vLLM', fileOf({ model: 'hosted_vllm/x' }), 'api_base: required'],
    ['a prefix without a model', fileOf({ model: 'openai/' }), 'must name a model'],
    ['a negative price', fileOf({ input_cost_per_token: -1 }), 'must be a price'],
    ['two names of the parameters', fileOf({}, { params: { model: 'openai/x' } }), 'exactly one of'],
  ])('is refused for %s', (_case, text, reason) => expect(problemsIn(text)).toContain(reason));

  it('is refused without quoting it, for it holds keys', () => {
    expect(problemsIn('api_key: sk-secret\n  bad: [sk-secret')).not.toContain('sk-secret');
  });
});

it('an empty file means no models', () => {
  const lists = { providers: [], deployments: [], aliases: [], prices: [], passThroughs: [], warnings: [] };
  expect(parseModelConfig('', {})).toEqual({ ...lists, router: {}, cache: null, adminKey: null });
});
