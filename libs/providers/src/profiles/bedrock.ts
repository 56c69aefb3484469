import type { PathOf, ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';
import type { Address } from '../transport/base-url.js';

const RUNTIME = /^(https?:\/\/)bedrock-runtime(-fips)?\./;

const action =
  (name: string): PathOf =>
  ({ model }) =>
    `/model/${model}/${name}`;

/** The list of models is another service than the one that runs them; what is no host of AWS has both in one place. */
const controlPlane = ({ origin }: Address): string => origin.replace(RUNTIME, '$1bedrock$2.');

/** Amazon Bedrock (PR-006): `https://bedrock-runtime.{region}.amazonaws.com`; access keys or a Bedrock API key. */
export const bedrock: ProviderProfile = {
  kind: 'bedrock',
  aliases: ['bedrock_converse'],
  vendor: 'bedrock',
  baseUrl: null,
  keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
  auth: { scheme: 'sigv4', service: 'bedrock' },
  protocols: ['bedrock'],
  embeddings: 'bedrock',
  streamUsage: 'always',
  paths: {
    converse: ({ model, stream }) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
    countTokens: action('count-tokens'),
    embeddings: action('invoke'),
  },
  models: {
    path: '/foundation-models',
    origin: controlPlane,
    read: modelsUnder('modelSummaries', ({ modelId, providerName }) => ({ id: modelId, ownedBy: providerName })),
  },
  encodesSlashes: true,
  passedOn: ['x-amzn-bedrock-guardrailidentifier', 'x-amzn-bedrock-guardrailversion', 'x-amzn-bedrock-trace'],
  streamType: 'application/vnd.amazon.eventstream',
};
