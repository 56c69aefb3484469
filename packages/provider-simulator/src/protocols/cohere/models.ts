import type { Call, DecodedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';

const CONTEXT_TOKENS = 128_000;
/** The names a newcomer sees, with what each is for; every other name is answered as well. */
const MODELS: readonly (readonly [name: string, endpoint: string])[] = [
  ['demo-chat', 'chat'],
  ['demo-embedding', 'embed'],
  ['demo-rerank', 'rerank'],
];

function describe(name: string, endpoint: string): object {
  return {
    name,
    endpoints: [endpoint],
    default_endpoints: [],
    finetuned: false,
    is_deprecated: false,
    context_length: CONTEXT_TOKENS,
    features: null,
  };
}

/** `GET /v1/models`, of one endpoint when it is named. */
export function listModels(call: Call): DecodedCall {
  const wanted = new URLSearchParams(call.query).get('endpoint');
  const found = MODELS.filter(([, endpoint]) => wanted === null || endpoint === wanted);
  return answerWith(() => jsonReply({ models: found.map(([name, endpoint]) => describe(name, endpoint)) }));
}

/** `GET /v1/models/{id}`: any name exists. */
export function showModel(_call: Call, name: string): DecodedCall {
  const [, endpoint] = MODELS.find(([known]) => known === name) ?? [name, 'chat'];
  return answerWith(({ model }) => jsonReply(describe(model, endpoint)), name);
}
