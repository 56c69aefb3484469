import { openAiModels } from '../../read-models.js';
import { openAiCompatible } from '../openai-compatible.js';

/** GitHub Models: the list of models lies beside the base URL. */
export const github = openAiCompatible({
  kind: 'github',
  baseUrl: 'https://models.github.ai/inference',
  keyVariable: 'GITHUB_API_KEY',
  endpoints: ['chat/completions', 'embeddings'],
  models: { path: { absolute: '/catalog/models' }, read: openAiModels },
});
