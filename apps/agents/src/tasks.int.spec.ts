import { submitTaskV1, type Actor } from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { AgentsHost, ALICE_KEY, alice, saying } from './agents-host.suite.js';

const DAY_MS = 86_400_000;

describe('tasks', () => {
  let host: AgentsHost;
  beforeAll(async () => void (host = await AgentsHost.start({ AGENTS_CONCURRENCY_MAX: '3' })));
  afterEach(() => host.gateway.reset());
  afterAll(() => host.stop());

  it('[AG-007] takes a task on at once and completes it through the gateway, with the key of its owner', async () => {
    host.gateway.script('text=It is short.&latency_ms=200');
    const submitted = await host.submit({ model: 'demo-chat' });
    expect(submitted).toMatchObject({ status: 'pending', model: 'demo-chat', result: null, startedAt: null });

    expect(await host.reaches(submitted.id, 'completed')).toMatchObject({ result: 'It is short.', error: null });
    expect(host.gateway.requests).toHaveLength(1);
    expect(host.gateway.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${ALICE_KEY}`, 'x-request-id': submitted.id },
      body: { model: 'demo-chat', messages: [{ role: 'user', content: 'Summarise the report' }] },
    });
  });

  it('[AG-008] moves from pending to running to completed, each with its time', async () => {
    host.gateway.script('text=done&latency_ms=300');
    const { id, createdAt } = await host.submit({ model: 'demo-chat' });
    const running = await host.reaches(id, 'running');
    expect(running).toMatchObject({ result: null, finishedAt: null });
    const { startedAt, finishedAt } = await host.reaches(id, 'completed');
    expect(running.startedAt).toBe(startedAt);
    const [createdMs, startedMs, finishedMs] = [createdAt, startedAt, finishedAt].map((at) => Date.parse(at ?? ''));
    expect(startedMs).toBeGreaterThanOrEqual(createdMs ?? NaN);
    expect(finishedMs).toBeGreaterThanOrEqual((startedMs ?? NaN) + 290);
  });

  it('[AG-008] shows a task to its key and to admins of its organisation only', async () => {
    const { id } = await host.submit();
    await host.reaches(id, 'completed');
    const colleague: Actor = { ...alice, keyId: 'key_bob' };
    expect(await host.get(id, { ...colleague, role: 'admin' })).toMatchObject({ id, result: 'short' });
    const strangers: Actor[] = [
      colleague,
      { ...colleague, role: 'viewer' },
      { ...alice, orgId: 'org_2' },
      { orgId: 'org_2', keyId: 'key_2', role: 'owner' },
    ];
    for (const actor of strangers) await expect(host.get(id, actor)).rejects.toMatchObject({ code: 'not_found' });
    await expect(host.get('task_unknown')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('[AG-007] makes one task of an idempotency key sent twice, also at the same moment', async () => {
    const request = { idempotencyKey: 'twice' };
    const submitted = await Promise.all(Array.from({ length: 8 }, () => host.submit(request)));
    const { id } = await host.submit(request);
    expect(submitted.map((task) => task.id)).toEqual(submitted.map(() => id));
    const done = await host.reaches(id, 'completed');
    expect(await host.submit(request)).toEqual(done);
    expect(host.gateway.requests).toHaveLength(1);
  });

  it('[AG-007] refuses an idempotency key for another request, and keeps those of other keys apart', async () => {
    const idempotencyKey = 'apart';
    const { id } = await host.submit({ idempotencyKey });
    for (const change of [{ query: 'Something else' }, { model: saying('else') }]) {
      await expect(host.submit({ idempotencyKey, ...change })).rejects.toMatchObject({ code: 'conflict' });
    }
    for (const actor of [
      { ...alice, keyId: 'key_bob' },
      { ...alice, orgId: 'org_2' },
    ]) {
      expect((await host.submit({ actor, idempotencyKey })).id).not.toBe(id);
    }
  });

  it('[AG-007] forgets an idempotency key after 24 hours', async () => {
    const request = { idempotencyKey: 'daily' };
    const first = await host.submit(request);
    await host.reaches(first.id, 'completed');
    await setBack(first.id, DAY_MS - 60_000);
    expect((await host.submit(request)).id).toBe(first.id);
    await setBack(first.id, 60_001);
    const second = await host.submit({ ...request, query: 'A new day' });
    expect(second.id).not.toBe(first.id);
    await expect(host.submit(request)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('fails a task whose model call fails, with the reason and without the key', async () => {
    host.gateway.script({ behaviour: 'fault=500', model: 'broken' });
    const { id } = await host.submit({ model: 'broken' });
    const failed = await host.reaches(id, 'failed');
    expect(failed).toMatchObject({ result: null, error: expect.stringMatching(/^The model call failed \(500/) });
    expect(failed.finishedAt).not.toBeNull();
    expect(failed.error).not.toContain(ALICE_KEY);
  });

  it('holds no readable key in the database, and none at all once the task has ended', async () => {
    const sealedKey = host.secretBox.seal(ALICE_KEY);
    host.gateway.script('text=ok&latency_ms=200', 'fault=403');
    for (const end of ['completed', 'failed'] as const) {
      const { id } = await host.submit({ model: 'demo-chat', sealedKey });
      const before = await host.row(id);
      expect(before['sealed_key']).toBe(sealedKey);
      expect(JSON.stringify(before)).not.toContain(ALICE_KEY);
      await host.reaches(id, end);
      expect(await host.row(id)).toMatchObject({ status: end, sealed_key: null });
    }
  });

  it('fails a task whose key was sealed under another master key, without calling anyone', async () => {
    const { id } = await host.submit({ sealedKey: 'v1.c2VhbGVkIHVuZGVyIGFub3RoZXIga2V5LCBsb25nIGVub3VnaA' });
    expect((await host.reaches(id, 'failed')).error).toMatch(/master key was changed/);
    expect(host.gateway.requests).toHaveLength(0);
  });

  it('sends no Authorization for a task of a gateway that asks for no key', async () => {
    const { id } = await host.submit({ sealedKey: null });
    await host.reaches(id, 'completed');
    expect(host.gateway.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('keeps an answer with characters that a database cannot hold', async () => {
    host.gateway.script({ behaviour: { text: 'a\0b\uD800c' } });
    const { id } = await host.submit({ model: 'demo-chat' });
    expect((await host.reaches(id, 'completed')).result).toBe('a\uFFFDb\uFFFDc');
  });

  it('fails a task whose answer is too long to keep', async () => {
    host.gateway.script({ behaviour: { text: 'word '.repeat(60_000) } });
    const { id } = await host.submit({ model: 'demo-chat' });
    expect((await host.reaches(id, 'failed')).error).toMatch(/longer than the 262144 bytes/);
  });

  it.each([
    ['a query with NUL', { query: 'a\0b' }, { code: 'invalid_parameter', param: 'query' }],
    ['a model with NUL', { model: 'a\0b' }, { code: 'invalid_parameter', param: 'model' }],
    [
      'an idempotency key with NUL',
      { idempotencyKey: 'a\0b' },
      { code: 'invalid_parameter', param: 'idempotency-key' },
    ],
  ])('refuses %s', async (_case, request, refusal) => {
    await expect(host.submit(request)).rejects.toMatchObject(refusal);
  });

  it('runs no more tasks at once than it may', async () => {
    host.gateway.setDefaults('latency_ms=100');
    const tasks = await Promise.all(Array.from({ length: 10 }, () => host.submit({ model: 'demo-chat' })));
    let mostAtOnce = 0;
    await waitFor(async () => {
      const open = host.gateway.requests.filter(({ outcome }) => outcome === 'pending').length;
      mostAtOnce = Math.max(mostAtOnce, open);
      return (await Promise.all(tasks.map(({ id }) => host.get(id)))).every(({ status }) => status === 'completed');
    });
    expect(mostAtOnce).toBe(3);
    expect(host.gateway.requests).toHaveLength(10);
  });

  const setBack = (id: string, byMs: number): Promise<unknown> =>
    host.database.pool.query(
      `UPDATE task SET created_at = created_at - $2::double precision * interval '1 millisecond' WHERE id = $1`,
      [id, byMs],
    );
});

describe('the settings of tasks', () => {
  let host: AgentsHost;
  beforeAll(async () => void (host = await AgentsHost.start()));
  afterAll(() => host.stop());
  beforeEach(() => host.halt());

  const submitWithoutModel = { actor: alice, query: 'Hello', sealedKey: null };

  it('give a task that names no model the default one, and else refuse it', async () => {
    await host.run();
    await expect(host.bus.request(submitTaskV1, submitWithoutModel)).rejects.toMatchObject({
      code: 'missing_required_parameter',
      param: 'model',
    });
    await host.halt();
    await host.run({ AGENTS_DEFAULT_MODEL: saying('default') });
    const { task } = await host.bus.request(submitTaskV1, submitWithoutModel);
    expect(await host.reaches(task.id, 'completed')).toMatchObject({ model: saying('default'), result: 'default' });
  });

  it('bound the open tasks of an organisation; another one has its own', async () => {
    await host.run({ AGENTS_OPEN_TASKS_PER_ORGANISATION_MAX: '2', SHUTDOWN_TIMEOUT_MS: '0' });
    const slow = { model: 'demo-chat?latency_ms=60000' };
    await host.submit(slow);
    const second = await host.submit({ ...slow, idempotencyKey: 'second' });
    await expect(host.submit(slow)).rejects.toMatchObject({ code: 'capacity_exceeded' });
    // A replay takes no room.
    expect((await host.submit({ ...slow, idempotencyKey: 'second' })).id).toBe(second.id);
    await host.submit({ ...slow, actor: { ...alice, orgId: 'org_2' } });
  });

  it('end a run that takes too long', async () => {
    await host.run({ AGENTS_RUN_TIMEOUT_MS: '300', AGENTS_CALL_RETRIES_MAX: '2' });
    const { id } = await host.submit({ model: 'demo-chat?fault=silence', actor: { ...alice, orgId: 'org_3' } });
    const task = await waitFor(async () => {
      const found = await host.get(id, { ...alice, orgId: 'org_3' });
      return found.status === 'failed' ? found : null;
    });
    expect(task.error).toMatch(/no answer within 0.3 s/);
  });
});
