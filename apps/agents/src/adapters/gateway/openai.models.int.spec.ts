import { startSimulator, type Simulator } from '@ao/provider-simulator';
import type { ModelAnswer } from '../../application/ports.js';
import { OpenAiModels } from './openai.models.js';

const question = { taskId: 'task_1', model: 'demo-chat', query: 'Hello', apiKey: 'sk-ao-1' };

describe('models behind the gateway', () => {
  let gateway: Simulator;
  beforeAll(async () => void (gateway = await startSimulator()));
  afterEach(() => gateway.reset());
  afterAll(() => gateway.stop());

  const ask = (model: string, options: { timeoutMs?: number; retriesMax?: number } = {}): Promise<ModelAnswer> =>
    new OpenAiModels({ gatewayUrl: `${gateway.url}/`, timeoutMs: 5_000, retriesMax: 0, ...options }).ask(
      { ...question, model },
      new AbortController().signal,
    );

  it.each([
    ['demo-chat?text=hi', { kind: 'answered', text: 'hi' }],
    ['demo-chat?fault=401', { kind: 'refused', error: expect.stringMatching(/\(401.*\): ./) }],
    ['demo-chat?fault=429', { kind: 'refused', error: expect.stringMatching(/\(429/) }],
    ['demo-chat?fault=html_502', { kind: 'refused', error: 'The model call failed (502): no reason was given.' }],
    ['demo-chat?fault=malformed', { kind: 'refused', error: 'The gateway gave an answer that cannot be read.' }],
    ['demo-chat?fault=reset', { kind: 'away' }],
    ['demo-chat?fault=cut', { kind: 'away' }],
  ])('tells what came of %s', async (model, answer) => {
    expect(await ask(model)).toMatchObject(answer);
  });

  it.each(['fault=silence', 'fault=stall', 'fault=429&retry_after_s=30'])(
    'gives up %s at its deadline',
    async (fault) => {
      const startedMs = performance.now();
      const answer = await ask(`demo-chat?${fault}`, { timeoutMs: 200, retriesMax: 3 });
      expect(answer).toEqual({
        kind: 'refused',
        error: 'The model gave no answer within 0.2 s (AGENTS_RUN_TIMEOUT_MS).',
      });
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    },
  );

  it('makes a failed call again as often as it is told and no oftener', async () => {
    gateway.setDefaults('fault=500&header.retry-after-ms=1');
    expect(await ask('demo-chat', { retriesMax: 0 })).toMatchObject({ kind: 'refused' });
    expect(gateway.requests).toHaveLength(1);
    gateway.setDefaults('');
    gateway.script({ behaviour: 'fault=500&header.retry-after-ms=1', times: 2 }, 'text=third');
    expect(await ask('demo-chat', { retriesMax: 2 })).toEqual({ kind: 'answered', text: 'third' });
    expect(gateway.requests).toHaveLength(4);
    expect(new Set(gateway.requests.map(({ headers }) => headers['x-request-id']))).toEqual(new Set(['task_1']));
  });

  it('stops the call when it is cut off', async () => {
    const models = new OpenAiModels({ gatewayUrl: gateway.url, timeoutMs: 5_000, retriesMax: 2 });
    const cutOff = new AbortController();
    const asked = models.ask({ ...question, model: 'demo-chat?fault=silence' }, cutOff.signal);
    setTimeout(() => cutOff.abort(new Error('stopping')), 50);
    await expect(asked).rejects.toThrow('stopping');
  });
});
