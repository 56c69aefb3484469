import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parseUsd, sleep, withDeadline } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { chunksOf } from './testing/event-stream.js';
import { freePorts } from './testing/free-ports.js';
import { ModelFile } from './testing/model-file.js';
import { modes, openHome, type PlatformHome } from './testing/platform-home.js';
import { entries, Program } from './testing/program.js';
import { childPid, startPlatform, startVariant, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, requestRows, spentBy } from './testing/tenants.js';

jest.setTimeout(120_000);

const chat = { model: 'chat', messages: [{ role: 'user' as const, content: 'Still there?' }], max_tokens: 100 };
const READY_WITHIN_SECONDS = 5;
const ANSWERED_WITHIN_MS = 5_000;
const FAILS_WITHIN_MS = 30_000;
/** Enough for the spool to hand over what it has, while nothing is wrong. */
const SPOOLED_MS = 500;

describe.each(modes)('lifecycle, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let home: PlatformHome;
  let platform: RunningPlatform;

  const start = async (environment: Record<string, string> = {}): Promise<RunningPlatform> => {
    platform = await startPlatform(mode, { AO_CONFIG: models.path, LEASE_IDLE_MS: '500', ...environment }, home);
    return platform;
  };

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create([
      { name: 'chat', baseUrl: `${provider.url}/v1`, inputCost: 0.000001, outputCost: 0.000002 },
    ]);
    home = await openHome(mode);
    await start();
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    if (platform?.program.running) await platform.stop();
    await Promise.all([provider?.stop(), models?.remove(), home?.remove()]);
  });

  it('[GW-001] finishes a stream of 3 s after SIGTERM, refuses new requests meanwhile, and exits with 0', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.script('output_tokens=30&token_interval_ms=100');
    const stream = await api.stream(chat);
    await stream.next();
    platform.program.signal('SIGTERM');
    await waitFor(async () => (await api.chat(chat)).body.error?.code === 'server_shutting_down', { timeoutMs: 2_000 });
    const refused = await api.chat(chat);
    expect(refused).toMatchObject({ status: 503, body: { error: { type: 'server_error' } } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(provider.requests[0]?.outcome).toBe('pending');
    const events = await stream.all();
    expect(chunksOf(events).filter((chunk) => chunk.choices[0]?.delta?.content)).toHaveLength(30);
    expect(chunksOf(events).at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(events.at(-1)).toBe('[DONE]');
    expect(await platform.program.exited).toEqual({ code: 0, signal: null });
    expect(platform.program.stderr).toBe('');
  });

  it('starts again on the same data with its keys and balances, and bills what the stop had left', async () => {
    await start();
    const { api } = await createTenant(platform.admin, '1');
    provider.script('input_tokens=10&output_tokens=20', 'input_tokens=1&output_tokens=1');
    expectStatus(await api.chat(chat), 200);
    // At once: the usage record is still on its way.
    expect(await platform.stop()).toEqual({ code: 0, signal: null });
    await start();
    const again = platform.admin.as(api.key);
    expect((await requestRows(again, 1)).map(({ cost_usd: cost }) => cost)).toEqual(['0.00005']);
    await waitFor(async () => (await spentBy(again)) === 50_000n, { timeoutMs: 10_000 });
    expectStatus(await again.chat(chat), 200);
    expect(platform.program.stdout).not.toContain('Your first key');
  });

  it('[BX-002] [MT-009] bills a stream that a kill -9 cut off for what had been sent of it', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.script('output_tokens=90&token_interval_ms=40');
    const id = randomUUID();
    const stream = await api.stream(chat, { 'x-request-id': id });
    const received: unknown[] = [];
    const reading = (async () => {
      for (let data = await stream.next(); data !== undefined; data = await stream.next()) received.push(data);
    })().catch(() => undefined);
    await waitFor(() => received.length >= 60, { timeoutMs: 20_000 });
    if (mode === 'standalone') await platform.program.kill();
    else process.kill(childPid(platform, 'gateway'), 'SIGKILL');
    await reading;
    if (mode === 'standalone') await start();

    const again = platform.admin.as(api.key);
    const row = await waitFor(async () => (await requestRows(again, 1)).find(({ request_id: of }) => of === id), {
      timeoutMs: 30_000,
      intervalMs: 100,
      description: 'the call that was cut off',
    });
    expect(row).toMatchObject({ status: 500, partial: true, usage_source: 'estimated', error_code: 'internal_error' });
    const { usage, cost_usd: cost } = row as { usage: Record<string, number>; cost_usd: string };
    expect(usage['input_tokens']).toBeGreaterThan(0);
    // What was sent in the second before the kill may be missing.
    expect(usage['output_tokens']).toBeGreaterThan(15);
    expect(usage['output_tokens']).toBeLessThanOrEqual(received.length);
    expect(parseUsd(cost)).toBeGreaterThan(0n);
    await waitFor(async () => (await spentBy(again)) === parseUsd(cost), { timeoutMs: 15_000, intervalMs: 100 });
  });

  it('[GW-023] says by /health which backends can answer', async () => {
    const both = await startVariant(platform, { OPENAI_API_KEY: 'sk-server-key' });
    try {
      expect((await both.admin.as(null).get('/health')).body).toMatchObject({
        status: 'ready',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        checks: {
          openai_passthrough: 'ok',
          capacity: { active: expect.any(Number) },
          providers: { status: 'ok', deployments: 1 },
        },
      });
    } finally {
      await both.stop();
    }
    expect(await platform.admin.as(null).get('/health')).toMatchObject({
      status: 200,
      body: { status: 'ready', checks: { openai_passthrough: 'disabled', providers: { status: 'ok' } } },
    });
    await models.write([]);
    await waitFor(async () => (await platform.admin.as(null).get('/health')).status === 503, { timeoutMs: 20_000 });
    expect((await platform.admin.as(null).get('/ready')).status).toBe(200);
  });

  it('[GW-024] is ready while everything it needs answers', async () => {
    const ready = await platform.admin.as(null).get('/ready');
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'ready', checks: { bus: { ok: true }, wallet: { ok: true }, 'wallet.postgres': { ok: true } } },
    });
    expect(await platform.admin.as(null).get('/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  });
});

describe('a cluster that loses a part', () => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  const anonymous = () => platform.admin.as(null);
  const whenReady = (): Promise<unknown> =>
    waitFor(async () => (await anonymous().get('/ready')).status === 200, {
      timeoutMs: 30_000,
      intervalMs: 50,
      description: 'the platform to be ready again',
    });

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create([
      { name: 'chat', baseUrl: `${provider.url}/v1`, inputCost: 0.000001, outputCost: 0.000002 },
    ]);
    platform = await startPlatform('cluster', { AO_CONFIG: models.path });
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  it('[GW-024] [PF-001] answers paid calls with 503 in time while wallet hangs, names it in /ready, and recovers', async () => {
    const [warm, cold] = await Promise.all([createTenant(platform.admin, '1'), createTenant(platform.admin, '1')]);
    expectStatus(await warm.api.chat(chat), 200);
    expectStatus(await cold.api.get('/v1/models'), 200);
    const wallet = childPid(platform, 'wallet');
    process.kill(wallet, 'SIGSTOP');
    try {
      // What is leased can be spent without asking.
      expectStatus(await warm.api.chat(chat), 200);
      const callsBefore = provider.counts.requests;
      const startedMs = performance.now();
      const refused = await cold.api.chat(chat);
      expect(performance.now() - startedMs).toBeLessThan(ANSWERED_WITHIN_MS);
      expect(refused).toMatchObject({
        status: 503,
        body: { error: { code: 'backend_unavailable', type: 'server_error' } },
      });
      expect(provider.counts.requests).toBe(callsBefore);
      const ready = await anonymous().get('/ready');
      expect(ready).toMatchObject({
        status: 503,
        body: { status: 'not_ready', checks: { wallet: { ok: false }, metering: { ok: true } } },
      });
      expect((await anonymous().get('/live')).status).toBe(200);
    } finally {
      process.kill(wallet, 'SIGCONT');
    }
    await whenReady();
    await waitFor(async () => (await cold.api.chat(chat)).status === 200, { timeoutMs: 10_000 });
  });

  it('[PF-001] brings a killed wallet back, with every balance', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.script('input_tokens=1&output_tokens=2');
    const id = randomUUID();
    expectStatus(await api.chat(chat, { 'x-request-id': id }), 200);
    const before = childPid(platform, 'wallet');
    process.kill(before, 'SIGKILL');
    await requestRow(api, id);
    await waitFor(() => childPid(platform, 'wallet') !== before, { timeoutMs: 10_000 });
    await whenReady();
    await waitFor(async () => (await spentBy(api)) === 5_000n, { timeoutMs: 15_000, intervalMs: 100 });
  });

  it('[GW-024] names the bus in /ready while NATS is away, and bills afterwards what was answered meanwhile', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults('input_tokens=1&output_tokens=2');
    expectStatus(await api.chat(chat), 200);
    // A key is asked for once more after the event of its creation.
    await sleep(1_000);
    expectStatus(await api.chat(chat), 200);
    const bringBack = await platform.home.kill('nats');
    try {
      expectStatus(await api.chat(chat), 200);
      const ready = await waitFor(
        async () => {
          const answer = await anonymous().get('/ready');
          return answer.status === 503 && answer;
        },
        { timeoutMs: 10_000 },
      );
      expect(ready).toMatchObject({ body: { checks: { bus: { ok: false } } } });
      expect((await anonymous().get('/live')).status).toBe(200);
    } finally {
      await bringBack();
    }
    await whenReady();
    await waitFor(async () => (await spentBy(api)) === 15_000n, { timeoutMs: 30_000, intervalMs: 100 });
    expect(await requestRows(api, 3)).toHaveLength(3);
  });

  it.each([
    ['calls that their gateway had reported', 'metering'],
    ['calls that metering had announced to the ledger', 'wallet'],
  ])('[BX-002] bills %s when the machine of the bus crashes before its disk has them', async (_what, reader) => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults('input_tokens=1&output_tokens=2');
    const call = (): Promise<unknown> => api.chat(chat).then((answer) => expectStatus(answer, 200));
    // The first one also leases the money for the others.
    await call();
    await requestRows(api, 1);
    const pid = childPid(platform, reader);
    process.kill(pid, 'SIGSTOP');
    let crash: () => Promise<void>;
    try {
      crash = await platform.home.saveNats();
      for (let calls = 0; calls < 10; calls += 1) await call();
      // As far as its writer knows, all is done.
      if (reader === 'wallet') await requestRows(api, 11);
      else await sleep(SPOOLED_MS);
    } finally {
      // What JetStream had sent to the reader goes with it.
      process.kill(pid, 'SIGKILL');
    }
    await crash();
    await whenReady();
    await waitFor(async () => (await spentBy(api)) === 55_000n, { timeoutMs: 30_000, intervalMs: 100 });
    expect(await requestRows(api, 11)).toHaveLength(11);
  });
});

const mistakes: [what: string, environment: Record<string, string>, said: RegExp][] = [
  ['a port that is no number', { PORT: 'http' }, /PORT: must be a whole number/],
  ['an unknown AUTH_MODE', { AUTH_MODE: 'maybe' }, /AUTH_MODE: must be one of required, static, embedded/],
  ['a log level that is none', { LOG_LEVEL: 'loud' }, /LOG_LEVEL: must be one of/],
  ['several mistakes at once', { BODY_LIMIT_BYTES: '1', AUTH_MODE: 'x' }, /AUTH_MODE.*BODY_LIMIT_BYTES/],
  [
    'an address of NATS that is none',
    { NATS_URL: 'http://localhost' },
    /NATS_URL: must be a URL that starts with nats:/,
  ],
  ['a static key without the prefix', { AUTH_MODE: 'static', API_KEY: 'sk-plain' }, /must start with sk-cca-/],
  [
    'an open server for all',
    { AUTH_MODE: 'embedded', HOST: '0.0.0.0' },
    /set AUTH_MODE=required, listen on 127\.0\.0\.1, or/,
  ],
  ['a master key that is none', { AO_MASTER_KEY: 'short' }, /AO_MASTER_KEY: must be the base64 text of 32 bytes/],
  ['a model file that is not there', { AO_CONFIG: '/nowhere/models.yaml' }, /AO_CONFIG: \/nowhere\/models\.yaml/],
];

describe.each(modes)('a start that cannot go on, %s', (mode) => {
  let home: PlatformHome;
  beforeAll(async () => {
    home = await openHome(mode);
  });
  afterAll(() => home?.remove());

  /** Starts the platform and gives what it says when it ends. */
  async function startAndFail(environment: Record<string, string>): Promise<{ code: number | null; lines: string[] }> {
    const PORT = String(await freePorts(16));
    const program = new Program(entries[mode], { ...home.environment, PORT, LOG_LEVEL: 'silent', ...environment });
    try {
      const { code } = await withDeadline(
        program.exited,
        FAILS_WITHIN_MS,
        () => new Error(`it went on: ${program.stdout}`),
      );
      return { code, lines: program.stderr.split('\n').filter(Boolean) };
    } finally {
      program.destroy();
    }
  }

  it('says in one line what to do about a mistake in the configuration, and exits with 1', async () => {
    // Together: each is a process of its own that does nothing but fail.
    const failures = await Promise.all(mistakes.map(([, environment]) => startAndFail(environment)));
    const told = failures.map(({ code, lines }, index) => ({ what: mistakes[index]?.[0], code, lines }));
    expect(told).toEqual(
      mistakes.map(([what, , said]) => ({
        what,
        code: 1,
        lines: [expect.stringMatching(new RegExp(`^ai-orchestrator: cannot start: .*${said.source}`))],
      })),
    );
  });

  it('says that its port is taken, and exits with 1', async () => {
    const port = await freePorts(16);
    const other = createServer().listen(port, '127.0.0.1');
    try {
      const { code, lines } = await startAndFail({ PORT: String(port) });
      expect(code).toBe(1);
      // In a cluster the gateway says it, and its runner that the gateway is missing.
      expect(lines).toHaveLength(mode === 'standalone' ? 1 : 2);
      expect(lines[0]).toMatch(
        new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use: stop the other program or set PORT`),
      );
    } finally {
      other.close();
    }
  });

  it('says what is wrong with a damaged key file, and exits with 1', async () => {
    const folder = join(home.dataDirectory, 'damaged');
    await mkdir(join(folder, 'keys'), { recursive: true });
    await writeFile(join(folder, 'keys', 'master.key'), 'no key', { mode: 0o600 });
    const { code, lines } = await startAndFail({ AO_DATA_DIR: folder, AO_MASTER_KEY: '' });
    expect({ code, lines: lines.length }).toEqual({ code: 1, lines: 1 });
    expect(lines[0]).toMatch(/master\.key holds no key of 32 bytes: restore it from a backup, or set AO_MASTER_KEY/);
  });

  it('says what is wrong when the data folder is a file, and exits with 1', async () => {
    const file = join(home.dataDirectory, 'file');
    await writeFile(file, 'not a folder');
    const { code, lines } = await startAndFail({ AO_DATA_DIR: file, AO_MASTER_KEY: '', AO_KEY_PEPPER: '' });
    expect({ code, lines: lines.length }).toEqual({ code: 1, lines: 1 });
    expect(lines[0]).toMatch(/AO_DATA_DIR|data folder/);
  });
});

describe('standalone', () => {
  it('is ready within 5 s of a processor, from an empty folder on', async () => {
    const platform = await startPlatform('standalone', { LOG_LEVEL: 'silent' });
    try {
      // Time on the clock would measure what else the machine does.
      const { text } = await platform.admin.as(null).get('/metrics');
      const seconds = Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(READY_WITHIN_SECONDS);
    } finally {
      await platform.stop();
    }
  });

  it('says what to do about a damaged database, and exits with 1', async () => {
    const home = await openHome('standalone');
    try {
      await (await startPlatform('standalone', { LOG_LEVEL: 'silent' }, home)).stop();
      const control = (await readdir(join(home.dataDirectory, 'postgres'), { recursive: true })).find((path) =>
        path.endsWith('pg_control'),
      );
      await writeFile(join(home.dataDirectory, 'postgres', control ?? 'pg_control is missing'), Buffer.alloc(8_192));
      const program = new Program(entries.standalone, {
        ...home.environment,
        PORT: String(await freePorts(1)),
        LOG_LEVEL: 'silent',
      });
      try {
        expect(await withDeadline(program.exited, FAILS_WITHIN_MS, () => new Error('it went on'))).toMatchObject({
          code: 1,
        });
        const lines = program.stderr.split('\n').filter(Boolean);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/restore|backup|move .* away/i);
      } finally {
        program.destroy();
      }
    } finally {
      await home.remove();
    }
  });
});
