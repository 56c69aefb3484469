import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  authenticateKeyV1,
  getOrganisationV1,
  getTaskV1,
  submitTaskV1,
  type Principal,
  type RequestOf,
  type Task,
} from '@ao/contracts';
import { AppError, UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { hashKey } from '@ao/runtime';
import { freePort, temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { startGateway, type RunningGateway } from './index.js';

const KEY = 'sk-ao-the-key-of-alice';
const pepper = Buffer.alloc(32, 7);
const principal: Principal = {
  ...authenticateKeyV1.response.decode(authenticateKeyV1.example.response).principal!,
  orgId: 'org_1',
  keyId: 'key_alice',
  role: 'member',
};
const task: Task = { ...submitTaskV1.example.response.task, id: 'task_1' };

/** The gateway with, on the bus, the sides of identity and agents by their contracts. */
describe('the HTTP edge of tasks', () => {
  const bus = new MemoryBus(silentLogger);
  const secretBox = new SecretBox(Buffer.alloc(32, 1));
  let submitted: RequestOf<typeof submitTaskV1>[] = [];
  let folder: TemporaryFolder;
  let gateway: RunningGateway;
  let url: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await bus.respond(authenticateKeyV1, ({ keyHash }) => ({
      principal: keyHash === hashKey(KEY, pepper) ? principal : null,
    }));
    await bus.respond(getOrganisationV1, () => getOrganisationV1.response.decode(getOrganisationV1.example.response));
    await bus.respond(submitTaskV1, (request) => {
      submitted.push(request);
      if (request.model === undefined) throw new AppError('missing_required_parameter', 'No model.');
      return { task };
    });
    await bus.respond(getTaskV1, ({ actor, taskId }) => {
      if (actor.keyId !== principal.keyId || taskId !== task.id) throw new AppError('not_found', 'No such task.');
      return getTaskV1.response.decode(getTaskV1.example.response);
    });
    await start({});
  });
  beforeEach(() => void (submitted = []));
  afterAll(async () => {
    await gateway.stop();
    await bus.close();
    await folder.remove();
  });

  async function start(environment: NodeJS.ProcessEnv): Promise<void> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/api/v1/tasks`;
    gateway = await startGateway({
      bus,
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox,
      keyValue: openMemoryKeyValue(),
      keyPepper: pepper,
      dataDirectory: folder.path,
      environment: { PORT: String(port), ...environment },
      shutdownTimeoutMs: 1_000,
      version: '0.0.0',
    });
  }

  const post = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('[AG-007] answers 202 with the ids of the task, and passes on the idempotency key', async () => {
    const response = await post({ query: 'Hello', model: 'demo-chat' }, { 'idempotency-key': 'once' });
    expect(response.status).toBe(202);
    expect(response.headers.get('x-workflow-id')).toBe('task_1');
    expect(await response.json()).toEqual({ task_id: 'task_1', workflow_id: 'task_1', status: 'pending' });
    expect(submitted).toEqual([
      expect.objectContaining({
        actor: expect.objectContaining({ orgId: 'org_1', keyId: 'key_alice', role: 'member' }),
        query: 'Hello',
        model: 'demo-chat',
        idempotencyKey: 'once',
      }),
    ]);
  });

  it('[AG-007] takes the text of the task as "prompt" too', async () => {
    expect((await post({ prompt: 'Hello', model: 'demo-chat' })).status).toBe(202);
    expect(submitted).toEqual([expect.objectContaining({ query: 'Hello' })]);
  });

  it('sends the key of the caller over the bus sealed, and in no other form', async () => {
    await post({ query: 'Hello', model: 'demo-chat' });
    expect(JSON.stringify(submitted)).not.toContain(KEY);
    expect(submitted.map(({ sealedKey }) => secretBox.open(sealedKey ?? ''))).toEqual([KEY]);
  });

  it.each([
    [{}, 'missing_required_parameter', 'query'],
    [{ query: '' }, 'invalid_parameter', 'query'],
    [{ query: 'a', prompt: 'b', model: 'm' }, 'invalid_parameter', 'prompt'],
    [{ query: 'x'.repeat(100_001), model: 'm' }, 'invalid_parameter', 'query'],
    [{ query: 'a', model: 'm', mode: 'magic' }, 'invalid_parameter', 'body'],
    [{ query: 'a', model: 'm', model_tier: 'huge' }, 'invalid_parameter', 'body'],
  ])('[AG-007] refuses the body %j', async (body, code, param) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code, param } });
    expect(submitted).toEqual([]);
  });

  it('passes on what the agents service refuses', async () => {
    const response = await post({ query: 'Hello' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'missing_required_parameter' } });
  });

  it('lets nobody in without a key', async () => {
    expect((await post({ query: 'Hello' }, { authorization: 'Bearer sk-ao-unknown' })).status).toBe(401);
    expect(submitted).toEqual([]);
  });

  it('[AG-008] shows status, times, result and error of a task', async () => {
    const response = await fetch(`${url}/task_1`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      task_id: 'task_1',
      workflow_id: 'task_1',
      org_id: 'org_1',
      status: 'completed',
      query: 'Summarise the report',
      model: 'demo-chat',
      result: 'It is short.',
      error: null,
      created_at: '2026-01-01T00:00:00.000Z',
      started_at: '2026-01-01T00:00:00.000Z',
      finished_at: '2026-01-01T00:00:01.000Z',
    });
    expect((await fetch(`${url}/task_2`, { headers: { authorization: `Bearer ${KEY}` } })).status).toBe(404);
  });

  it('sends no key on where it asks for none', async () => {
    await gateway.stop();
    await start({ AUTH_MODE: 'embedded' });
    const body = JSON.stringify({ query: 'Hello', model: 'demo-chat' });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(202);
    expect(submitted).toEqual([expect.objectContaining({ sealedKey: null })]);
  });
});
