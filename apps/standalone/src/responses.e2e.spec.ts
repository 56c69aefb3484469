import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import type OpenAI from 'openai';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, signUp, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

describe.each(modes)('responses, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;
  let openai: OpenAI;

  beforeAll(async () => {
    provider = await startSimulator();
    const priced = { baseUrl: `${provider.url}/v1`, inputCost: 0.000002, outputCost: 0.000008 };
    models = await ModelFile.create([
      { name: 'chat', provider: 'deepseek', model: 'sim-chat', ...priced },
      { name: 'native', model: 'sim-chat', ...priced },
    ]);
    platform = await startPlatform(mode, { AO_CONFIG: models.path, SIGN_UP_ENABLED: 'true' });
    tenant = await createTenant(platform.admin, '50');
    openai = tenant.api.openai();
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await platform?.stop();
    await provider?.stop();
    await models?.remove();
  });

  it('[BX-005] answers the official client through a provider that only speaks chat, and shows it what is stored', async () => {
    provider.script('text=Because of the air.');
    const response = await openai.responses.create({ model: 'chat', instructions: 'Be brief.', input: 'Why blue?' });
    expect(response).toMatchObject({ object: 'response', status: 'completed', store: true, instructions: 'Be brief.' });
    expect(response.output_text).toBe('Because of the air.');
    expect(response.usage?.total_tokens).toBeGreaterThan(0);
    expect(provider.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      body: {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why blue?' },
        ],
      },
    });
    expect((await openai.responses.retrieve(response.id)).output).toEqual(response.output);
    const items = await openai.responses.inputItems.list(response.id);
    expect(items.data).toMatchObject([{ role: 'user', content: [{ type: 'input_text', text: 'Why blue?' }] }]);
    await expect(openai.responses.cancel(response.id)).rejects.toMatchObject({ status: 400 });
    await openai.responses.delete(response.id);
    await expect(openai.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('[BX-005] streams events that the official client puts together to the stored response', async () => {
    provider.script('text=Because of the air.');
    const stream = openai.responses.stream({ model: 'chat', input: 'Why blue?' });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    const response = await stream.finalResponse();
    expect(response.output_text).toBe('Because of the air.');
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types.at(-1)).toBe('response.completed');
    expect((await openai.responses.retrieve(response.id)).output_text).toBe('Because of the air.');
  });

  it('[BX-005] goes on from a response of the same key, and of no other key or organisation', async () => {
    provider.script('text=Four.');
    const first = await openai.responses.create({ model: 'chat', input: 'Two and two?' });
    const again = { model: 'chat', input: 'And one more?', previous_response_id: first.id };
    const second = await openai.responses.create(again);
    expect(second.previous_response_id).toBe(first.id);
    expect(provider.requests.at(-1)).toMatchObject({
      body: {
        messages: [
          { role: 'user', content: 'Two and two?' },
          { role: 'assistant', content: first.output_text },
          { role: 'user', content: 'And one more?' },
        ],
      },
    });
    const forgotten = await openai.responses.create({ model: 'chat', input: 'Hi', store: false });
    const refused = { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' };
    await expect(openai.responses.create({ ...again, previous_response_id: forgotten.id })).rejects.toMatchObject(
      refused,
    );
    const colleague = (await createTenant(platform.admin, '50')).api;
    const stranger = (await signUp(platform.admin)).api;
    for (const other of [colleague.openai(), stranger.openai()]) {
      await expect(other.responses.create(again)).rejects.toMatchObject(refused);
      await expect(other.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
      await expect(other.responses.delete(first.id)).rejects.toMatchObject({ status: 404 });
    }
    expect((await openai.responses.retrieve(first.id)).id).toBe(first.id);
  });

  it('[GW-007] hands a request on as it came to a provider that speaks Responses, and stores its answer', async () => {
    provider.script('text=Four.');
    const asked = {
      model: 'native',
      input: 'Two and two?',
      prompt_cache_key: 'key',
      text: { verbosity: 'low' as const },
    };
    const response = await openai.responses.create(asked);
    expect(response.output_text).toBe('Four.');
    expect(provider.requests).toMatchObject([{ path: '/v1/responses', body: { ...asked, model: 'sim-chat' } }]);
    expect((await openai.responses.retrieve(response.id)).output).toEqual(response.output);
    await openai.responses.create({ model: 'chat', input: 'And one more?', previous_response_id: response.id });
    expect(provider.requests.at(-1)).toMatchObject({
      path: '/v1/chat/completions',
      body: { messages: [{ role: 'user' }, { role: 'assistant', content: 'Four.' }, { role: 'user' }] },
    });
  });
});
