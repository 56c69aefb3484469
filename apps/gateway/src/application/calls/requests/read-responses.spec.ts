import { openAiChat } from '@ao/wire';
import type { InboundCall } from '../call.js';
import { protocolsOf } from '../provider-protocols.js';
import { readRequest } from './read-request.js';

const limits = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null };
const body = Buffer.from(
  '{ "model":"gpt-5.1", "input": [{"role":"user","content":"Hi"}, {"type":"web_search_call","id":"ws_1"}],\n "prompt_cache_key":"k" }',
);
const exchangeAt = (kind: string, model: string) =>
  readRequest({ endpoint: '/v1/responses', body, inPath: null } as InboundCall, limits).exchange({
    protocols: protocolsOf(kind, model),
    model,
    maxOutputTokens: 100,
    direct: false,
    labels: { id: 'req_1', model: 'gpt-5.1', nowS: 1 },
  });

describe('requests of the Responses API', () => {
  it('[GW-007] go to OpenAI as they came, byte by byte, but for the name of the model', () => {
    const same = exchangeAt('openai', 'gpt-5.1');
    expect(same).toMatchObject({ endpoint: 'responses', dropped: [] });
    expect(same.body).toEqual(body);
    const renamed = exchangeAt('openai', 'gpt-5.1-mini');
    expect(renamed.body.toString()).toBe(body.toString().replace('"gpt-5.1"', '"gpt-5.1-mini"'));
  });

  it('[BX-005] become chat completions for all others, which are told of what they cannot take', () => {
    const exchange = exchangeAt('deepseek', 'demo');
    expect(exchange).toMatchObject({ endpoint: openAiChat.endpoint, dropped: ['input (web_search_call)'] });
    expect(JSON.parse(exchange.body.toString())).toEqual({
      model: 'demo',
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });
});
