import { parseModelConfig } from './parse-model-config.js';

const fileOf = (params: object): string =>
  JSON.stringify({ model_list: [{ model_name: 'm', litellm_params: params }] });
const providerOf = (params: object, environment: Record<string, string> = {}) => {
  const { providers, deployments, warnings } = parseModelConfig(fileOf(params), environment);
  return { ...providers[0], model: deployments[0]?.model, warnings };
};

const nova = { model: 'bedrock/eu.amazon.nova-lite-v1:0' };
const keys = { aws_access_key_id: 'AKIDEXAMPLE', aws_secret_access_key: 'os.environ/AWS_SECRET' };
const json = '{"client_email":"a@b"}';

describe('the parameters of a cloud', () => {
  it('[PR-005] name the version of Azure’s API', () => {
    const params = { model: 'azure/eu', api_base: 'https://acme.openai.azure.com/', api_key: 'k' };
    expect(providerOf(params)).toMatchObject({ kind: 'azure', baseUrl: 'https://acme.openai.azure.com' });
    expect(providerOf({ ...params, api_version: '2024-10-21' }).baseUrl).toBe(
      'https://acme.openai.azure.com?api-version=2024-10-21',
    );
  });

  it('[PR-006] make Bedrock’s address of the region and its key of access keys', () => {
    const found = providerOf({ ...nova, ...keys, aws_region_name: 'eu-west-1' }, { AWS_SECRET: 'secret' });
    expect(found).toMatchObject({
      kind: 'bedrock',
      vendor: 'bedrock',
      baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
      apiKey: 'AKIDEXAMPLE:secret',
      keyReference: null,
      model: 'eu.amazon.nova-lite-v1:0',
      warnings: [],
    });
    const rotated = providerOf({ ...nova, ...keys, aws_region_name: 'eu-west-1' }, { AWS_SECRET: 'other' });
    expect(rotated).toMatchObject({ id: found.id, apiKey: 'AKIDEXAMPLE:other' });
  });

  it('[PR-006] are those of the process where an entry has none', () => {
    const environment = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' };
    expect(providerOf({ model: 'bedrock/converse/x' }, environment)).toMatchObject({
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      apiKey: 'AKID:s',
      model: 'x',
    });
    const apiKey = { ...environment, AWS_BEARER_TOKEN_BEDROCK: 'ABSK' };
    expect(providerOf(nova, apiKey)).toMatchObject({
      apiKey: 'ABSK',
      keyReference: 'os.environ/AWS_BEARER_TOKEN_BEDROCK',
    });
  });

  it('do not send the keys of the process to another host', () => {
    const environment = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' };
    expect(providerOf({ ...nova, api_base: 'https://other.example' }, environment).apiKey).toBeNull();
  });

  it.each([
    ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west4'],
    ['global', 'https://aiplatform.googleapis.com/v1/projects/acme/locations/global'],
    [undefined, 'https://us-central1-aiplatform.googleapis.com/v1/projects/acme/locations/us-central1'],
  ])('[PR-004] make Vertex AI’s address of project and location %p', (location, baseUrl) => {
    const params = { model: 'vertex_ai/gemini-2.5-pro', vertex_project: 'acme', vertex_credentials: 'os.environ/SA' };
    const found = providerOf({ ...params, vertex_location: location }, { SA: json });
    expect(found).toMatchObject({ kind: 'vertex_ai', baseUrl, apiKey: json, keyReference: 'os.environ/SA' });
  });

  it.each([
    [{ ...nova, aws_access_key_id: 'AKID', aws_region_name: 'eu-west-1' }, 'must be given together'],
    [nova, 'api_base: required for the provider bedrock'],
    [{ ...nova, aws_region_name: 'evil.example/x' }, 'api_base: required'],
    [{ model: 'vertex_ai/x' }, 'api_base: required for the provider vertex_ai'],
    [{ model: 'vertex_ai/x', vertex_project: '../x' }, 'api_base: required'],
    [
      { model: 'vertex_ai/x', vertex_project: 'a', vertex_credentials: '/etc/key.json' },
      'must be the JSON of a service',
    ],
    [{ model: 'azure/x' }, 'api_base: required for the provider azure'],
  ])('%j is refused: %s', (params, reason) => {
    expect(() => parseModelConfig(fileOf(params), {})).toThrow(reason);
  });
});
