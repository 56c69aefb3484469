import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { ManualClock } from '@ao/kernel';
import { startSimulator, type Simulator, type SimulatorOptions } from './index.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const started: Simulator[] = [];
/** One more simulator, stopped after the test even when it fails. */
async function startAnother(options: SimulatorOptions = {}): Promise<Simulator> {
  const another = await startSimulator(options);
  started.push(another);
  return another;
}
afterEach(() => Promise.all(started.splice(0).map((another) => another.stop())));

const valid = { model: 'demo-chat', messages: [{ role: 'user', content: 'Hi' }] };

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; content: any }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(simulator.url + path, { method: 'POST', body: text, headers });
  return { status: response.status, content: await response.json() };
}

describe('control', () => {
  it('is stronger in the header than in the model than in the defaults, and strongest in the script', async () => {
    simulator.setDefaults('text=default&header.x-from=default');
    const text = async (model: string, header?: string): Promise<string> => {
      const { content } = await post(
        '/v1/chat/completions',
        { ...valid, model },
        header ? { 'x-simulate': header } : {},
      );
      return content.choices[0].message.content;
    };
    expect(await text('m')).toBe('default');
    expect(await text('m?text=model')).toBe('model');
    expect(await text('m#text=model', 'text=header')).toBe('header');
    simulator.script('text=script');
    expect(await text('m?text=model', 'text=header')).toBe('script');
    expect(await text('m')).toBe('default');
  });

  it('works from another process through the admin endpoint', async () => {
    const set = await post('/_simulator/behaviour', {
      next: ['fault=500', { text: 'one', usage: false }, { directives: 'text=two', times: 2, model: 'b' }],
      defaults: { text: 'later' },
    });
    expect(set).toEqual({ status: 200, content: { pending: 4 } });
    expect((await post('/v1/chat/completions', valid)).status).toBe(500);
    const { content } = await post('/v1/chat/completions', valid);
    expect([content.choices[0].message.content, content.usage]).toEqual(['one', undefined]);
    expect((await post('/v1/chat/completions', valid)).content.choices[0].message.content).toBe('later');
    expect((await post('/v1/chat/completions', { ...valid, model: 'b' })).content.choices[0].message.content).toBe(
      'two',
    );
    await fetch(`${simulator.url}/_simulator/behaviour`, { method: 'DELETE' });
    expect(simulator.pending).toBe(0);
    expect((await post('/v1/chat/completions', valid)).content.choices[0].message.content).toContain('demo answer');
  });

  it.each([
    ['an array', []],
    ['next of a wrong type', { next: 'fault=500' }],
    ['an answer of a wrong type', { next: [5] }],
    ['an unknown directive', { next: ['fault=500', { falt: 1 }] }],
    ['times of 0', { next: [{ directives: '', times: 0 }] }],
    ['a model of a wrong type', { next: [{ directives: '', model: 5 }] }],
    ['wrong defaults', { next: ['fault=500'], defaults: 'a=b' }],
  ])('is refused whole when one part is wrong: %s', async (_title, body) => {
    const { status, content } = await post('/_simulator/behaviour', body);
    expect([status, content.error.code]).toEqual([400, 'invalid_parameter']);
    expect(simulator.pending).toBe(0);
  });

  it('can be closed to other processes', async () => {
    const closed = await startAnother({ admin: false });
    const response = await fetch(`${closed.url}/_simulator/requests`);
    expect(response.status).toBe(404);
  });
});

describe('what the simulator remembers', () => {
  it('is each request with headers, body, model and outcome', async () => {
    await post('/v1/chat/completions?a=1', { ...valid, model: 'm?text=x' }, { authorization: 'Bearer sk-1' });
    const response = await fetch(`${simulator.url}/_simulator/requests`);
    expect(await response.json()).toMatchObject({
      data: [
        {
          sequence: 1,
          method: 'POST',
          path: '/v1/chat/completions',
          query: 'a=1',
          headers: { authorization: 'Bearer sk-1' },
          body: { model: 'm?text=x' },
          model: 'm',
          status: 200,
          outcome: 'answered',
          aborted: false,
        },
      ],
      counts: { requests: 1, aborted: 0, faulted: 0 },
    });
  });

  it('is bounded, and nothing at all when it is off', async () => {
    for (const [recordedRequestsMax, remembered] of [
      [2, [2, 3]],
      [0, []],
    ] as const) {
      const own = await startAnother({ recordedRequestsMax, clock: new ManualClock(7) });
      for (let count = 0; count < 3; count += 1) await fetch(`${own.url}/v1/models`);
      expect(own.requests.map((request) => request.sequence)).toEqual(remembered);
      expect(own.requests.every((request) => request.receivedAtMs === 7)).toBe(true);
      expect(own.counts.requests).toBe(3);
    }
  });

  it('counts open connections, and those that were used', async () => {
    const own = await startAnother();
    const idle = connect(own.port, own.host);
    await new Promise((resolve) => idle.once('connect', resolve));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const read = (): Promise<void> =>
      new Promise((resolve) => {
        get(`${own.url}/v1/models`, { agent }, (response) => response.resume().once('end', resolve));
      });
    await Promise.all([read(), read()]);
    expect(own.counts).toMatchObject({ socketsOpen: 2, socketsUsed: 1 });
    await own.stop();
    expect(own.counts.socketsOpen).toBe(0);
  });
});

describe('start and stop', () => {
  it('serves HTTP/1.0 with bare frames until the connection ends', async () => {
    const body = JSON.stringify({ ...valid, model: 'm?text=abcd', stream: true });
    const socket = connect(simulator.port, simulator.host);
    socket.write(`POST /v1/chat/completions HTTP/1.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    const [head, content] = answer.split('\r\n\r\n');
    expect(head).not.toContain('chunked');
    expect(content).toMatch(/^data: \{.*data: \[DONE\]\n\n$/s);
  });

  it('refuses wrong defaults and rejects when the port is taken', async () => {
    await expect(startSimulator({ defaults: 'a=b' })).rejects.toThrow("'a' is no directive");
    await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('stops at once under a silent request, and may be stopped twice', async () => {
    const own = await startAnother({ defaults: 'fault=silence' });
    const asked = fetch(`${own.url}/v1/models`);
    asked.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await own.stop();
    await own.stop();
    await expect(asked).rejects.toThrow('fetch failed');
  });
});
