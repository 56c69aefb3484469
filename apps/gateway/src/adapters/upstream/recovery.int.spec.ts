import { openMemoryKeyValue } from '@ao/keyvalue';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { CallHarness, readChatStream, type TestDeployment } from './call-harness.suite.js';

const TEXT = Array.from({ length: 60 }, (_, index) => `w${String(index).padStart(2, '0')} `).join('');
const say = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Say it.' }] };

describe('a stream that breaks off after it had begun', () => {
  let simulator: Simulator;
  let harness: CallHarness;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.reset());
  afterEach(() => harness.close());

  function open(recoverStreams: boolean, ...deployments: Omit<TestDeployment, 'group'>[]): CallHarness {
    harness = new CallHarness({
      baseUrl: `${simulator.url}/v1`,
      deployments: deployments.map((deployment) => ({ group: 'm', ...deployment })),
      settings: { recoverStreams },
    });
    return harness;
  }

  const breaksAfter = (model: string, tokens: number, fault = 'cut'): void =>
    simulator.script({ model, behaviour: `fault=${fault}&after_tokens=${tokens}&text=${encodeURIComponent(TEXT)}` });
  const says = (model: string): void => simulator.script({ model, behaviour: `text=${encodeURIComponent(TEXT)}` });

  it.each([
    ['vllm', 'vllm'],
    ['anthropic', 'vllm'],
    ['vllm', 'anthropic'],
    ['ollama', 'anthropic'],
  ])('[BX-006] of a %s is completed by a %s, both attempts costed', async (first, second) => {
    const at = (kind: string): string =>
      kind === 'anthropic' || kind === 'ollama' ? simulator.url : `${simulator.url}/v1`;
    open(true, { id: 'a', kind: first, baseUrl: at(first) }, { id: 'b', kind: second, baseUrl: at(second) });
    breaksAfter('a', 40);
    says('b');
    const { status, text, report } = await harness.call(say);
    expect(status).toBe(200);
    expect(readChatStream(text)).toEqual({ content: TEXT, finishReason: 'stop', error: null });
    expect(text.match(/data: \[DONE\]/g)).toHaveLength(1);
    expect(new Set(text.match(/"id":"[^"]+"/g)).size).toBe(1);
    expect(report).toMatchObject({ status: 200, errorCode: null, deploymentId: 'b', partial: false });
    expect(report.attempts).toMatchObject([
      { deploymentId: 'a', errorCode: 'upstream_error', usageSource: 'estimated' },
      { deploymentId: 'b', status: 200, errorCode: null, usageSource: 'provider' },
    ]);
    const [lost, rest] = report.attempts!;
    expect(lost!.usage.outputTokens).toBeGreaterThan(30);
    expect(lost!.cost).toBeGreaterThan(0n);
    expect(rest!.cost).toBeGreaterThan(0n);
    expect(report.cost).toBe(lost!.cost + rest!.cost);
    expect(report.decision?.steps).toEqual([{ modelGroup: 'm', deploymentId: 'b', reason: 'recovery' }]);
  });

  it.each(['stall', 'malformed', 'stream_error'])('[BX-006] by %s is completed likewise', async (fault) => {
    open(true, { id: 'a', kind: 'vllm' }, { id: 'b', kind: 'vllm' });
    breaksAfter('a', 40, fault);
    says('b');
    const { text } = await harness.call(say);
    expect(readChatStream(text)).toEqual({ content: TEXT, finishReason: 'stop', error: null });
  });

  it('[BX-006] is asked to go on with what the client has, and with what is left of its limit', async () => {
    open(true, { id: 'a', kind: 'vllm' }, { id: 'b', kind: 'anthropic', baseUrl: simulator.url });
    breaksAfter('a', 40);
    says('b');
    await harness.call({ ...say, max_tokens: 500 });
    const [, second] = simulator.requests;
    const body = second!.body as unknown as { messages: object[]; max_tokens: number };
    expect(body.messages.at(-1)).toMatchObject({ role: 'assistant' });
    expect(JSON.stringify(body.messages.at(-1))).toContain(TEXT.slice(0, 155));
    expect(body.max_tokens).toBeLessThan(480);
  });

  it('[BX-006] twice is completed by a third', async () => {
    open(true, { id: 'a', kind: 'vllm' }, { id: 'b', kind: 'vllm' }, { id: 'c', kind: 'vllm' });
    breaksAfter('a', 20);
    breaksAfter('b', 15);
    says('c');
    const { text, report } = await harness.call(say);
    expect(readChatStream(text)).toEqual({ content: TEXT, finishReason: 'stop', error: null });
    expect(report.attempts).toHaveLength(3);
  });

  const ended = { finishReason: null, error: 'stream_error' };

  it('[BX-006] ends in an error where nobody can go on, and where it is not wanted', async () => {
    open(true, { id: 'a', kind: 'openai' }, { id: 'b', kind: 'openai' });
    breaksAfter('a', 40);
    const unable = await harness.call(say);
    expect(readChatStream(unable.text)).toMatchObject(ended);
    expect(unable.report).toMatchObject({ partial: true, deploymentId: 'a' });
    expect(simulator.counts.requests).toBe(1);
    await harness.close();
    open(false, { id: 'a', kind: 'vllm' }, { id: 'b', kind: 'vllm' });
    breaksAfter('a', 40);
    expect(readChatStream((await harness.call(say)).text)).toMatchObject(ended);
    expect(simulator.counts.requests).toBe(2);
  });

  it('[BX-006] [RT-004] is not continued where another gateway probes, which is no failure of that deployment', async () => {
    const store = openMemoryKeyValue();
    harness = new CallHarness({
      baseUrl: `${simulator.url}/v1`,
      deployments: ['a', 'b'].map((id) => ({ id, group: 'm', kind: 'vllm' })),
      settings: { recoverStreams: true, allowedFails: 0, retriesMax: 2 },
      store,
    });
    await store.setIfAbsent('circuit-probe:b', 'elsewhere', { ttlMs: 60_000 });
    harness.state.deployments.hear({ deploymentId: 'b', openForMs: 1 }, performance.now() - 2);
    breaksAfter('a', 40);
    says('a');
    const { text } = await harness.call(say);
    expect(readChatStream(text)).toMatchObject({ content: expect.stringContaining(TEXT.slice(0, 155)) });
    expect(simulator.requests.filter(({ model }) => model === 'b')).toEqual([]);
    expect(harness.changes.filter(({ deploymentId }) => deploymentId === 'b')).toEqual([]);
    expect(harness.state.deployments.inFlight('b')).toBe(0);
  });

  it('[BX-006] in the middle of a call of a tool is not continued', async () => {
    open(true, { id: 'a', kind: 'vllm' }, { id: 'b', kind: 'vllm' });
    simulator.script({ model: 'a', behaviour: 'fault=cut&after_tokens=3' });
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const tools = [{ type: 'function', function: { name: 'weather', parameters } }];
    const { text } = await harness.call({ ...say, tools, tool_choice: 'required' });
    expect(readChatStream(text)).toMatchObject(ended);
    expect(simulator.counts.requests).toBe(1);
  });
});
