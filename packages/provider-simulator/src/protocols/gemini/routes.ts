import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../protocol.js';
import { countTokens } from './count-tokens.js';
import { generate, streamGenerate } from './decode-chat.js';
import { batchEmbed, embed } from './embeddings.js';
import { listModels, showModel } from './models.js';

/** Gemini's own paths, then those of Vertex AI, with or without a project. The last part is `{model}:{operation}`. */
const MODEL_PATH =
  /^\/v1(?:beta)?\/models(?:\/(.+))?$|^\/v1(?:beta1)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/google\/models\/(.+)$/;

const OPERATIONS = new Map<string, (model: string) => Operation>([
  ['generateContent', generate],
  ['streamGenerateContent', streamGenerate],
  ['countTokens', countTokens],
  ['embedContent', embed],
  ['batchEmbedContents', batchEmbed],
]);

/** OpenAI has models under `/v1/models` as well: Google's are the requests with a key of Google. */
export function route(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
): Operation | 'wrong_method' | undefined {
  const found = path.includes('/models') ? MODEL_PATH.exec(path) : null;
  if (found === null) return undefined;
  const [, own, vertex] = found;
  const name = own ?? vertex;
  const colon = name?.lastIndexOf(':') ?? -1;
  const operation = name === undefined || colon < 0 ? undefined : OPERATIONS.get(name.slice(colon + 1));
  if (operation !== undefined) return method === 'POST' ? operation(name!.slice(0, colon)) : 'wrong_method';
  if (vertex !== undefined) return undefined;
  if (path.startsWith('/v1/') && headers['x-goog-api-key'] === undefined) return undefined;
  if (method !== 'GET') return 'wrong_method';
  return name === undefined ? listModels : showModel(name);
}
