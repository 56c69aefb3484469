import {
  appendUploadV1,
  cancelBatchV1,
  createBatchV1,
  finishUploadV1,
  getBatchV1,
  getFileV1,
  listBatchesV1,
  listFilesV1,
  listRequestsV1,
  readFileV1,
  startUploadV1,
  usageRecordExample,
  type Actor,
  type Batch,
  type CallOf,
  type StoredFile,
} from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { AgentsHost, alice, ALICE_KEY } from './agents-host.suite.js';

const QUICK = { AGENTS_LEASE_MS: '500', AGENTS_BATCH_CONCURRENCY_MAX: '4' };
const bob: Actor = { orgId: 'org_1', keyId: 'key_bob', role: 'member' };
const admin: Actor = { orgId: 'org_1', keyId: 'key_admin', role: 'admin' };
const mallory: Actor = { orgId: 'org_2', keyId: 'key_mallory', role: 'owner' };

const line = (customId: string, model = `demo-chat?text=${customId}`): object => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model, messages: [{ role: 'user', content: 'secret prompt' }] },
});
const jsonl = (lines: unknown[]): string => lines.map((each) => JSON.stringify(each)).join('\n');

/** The service with the simulator where its gateway would be, which forgets idempotency keys; the log is what a test says. */
describe('batches', () => {
  let host: AgentsHost;
  let charged: (lineId: string) => boolean;

  beforeAll(async () => {
    host = await AgentsHost.start(QUICK);
    const { data } = listRequestsV1.response.decode({ data: [usageRecordExample], nextCursor: null });
    await host.bus.respond(listRequestsV1, ({ correlationId }) => ({
      data: charged(correlationId!) ? data : [],
      nextCursor: null,
    }));
  });
  beforeEach(() => {
    host.gateway.reset();
    charged = () => false;
  });
  afterAll(() => host.stop());

  async function upload(text: string, actor = alice, purpose: 'batch' | 'user_data' = 'batch'): Promise<StoredFile> {
    const { fileId } = await host.bus.request(startUploadV1, { actor, filename: 'in.jsonl' });
    const content = Buffer.from(text).toString('base64');
    await host.bus.request(appendUploadV1, { actor, fileId, position: 0, content });
    return (await host.bus.request(finishUploadV1, { actor, fileId, purpose })).file;
  }
  async function create(text: string, more: Partial<CallOf<typeof createBatchV1>> = {}): Promise<Batch> {
    const { batch } = await host.bus.request(createBatchV1, {
      actor: alice,
      inputFileId: (await upload(text)).id,
      endpoint: '/v1/chat/completions',
      completionWindow: '24h',
      metadata: null,
      sealedKey: host.secretBox.seal(ALICE_KEY),
      ...more,
    });
    return batch;
  }
  const get = async (batchId: string, actor = alice): Promise<Batch> =>
    (await host.bus.request(getBatchV1, { actor, batchId })).batch;
  const reaches = (batchId: string, status: Batch['status']): Promise<Batch> =>
    waitFor(
      async () => {
        const batch = await get(batchId);
        return batch.status === status ? batch : null;
      },
      { description: `the batch to be ${status}`, timeoutMs: 20_000 },
    );
  async function read(fileId: string | null): Promise<Record<string, any>[]> {
    if (fileId === null) return [];
    const { content } = await host.bus.request(readFileV1, { actor: alice, fileId, position: 0 });
    const text = Buffer.from(content!, 'base64').toString();
    return text
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, any>);
  }

  it('run every line once, and give the answers in the order of the input', async () => {
    const { id } = await create(jsonl(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => line(name))));
    const batch = await reaches(id, 'completed');
    expect(batch).toMatchObject({ requestCounts: { total: 6, completed: 6, failed: 0 }, errorFileId: null });
    const answers = await read(batch.outputFileId);
    expect(answers.map((each) => [each['custom_id'], each['response'].body.choices[0].message.content])).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, name]),
    );
    expect(answers[0]).toMatchObject({ id: expect.stringMatching(/^batch_req_/), error: null });
    expect(host.gateway.requests).toHaveLength(6);
    const keys = host.gateway.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys)).toEqual(new Set(answers.map((each) => each['id'])));
    expect(host.gateway.requests[0]!.headers['authorization']).toBe(`Bearer ${ALICE_KEY}`);
    const { rows } = await host.database.pool.query('SELECT sealed_key FROM batch WHERE id = $1', [id]);
    expect(rows).toEqual([{ sealed_key: null }]);
  });

  it('keep neither prompt nor answer nor key readable in the database', async () => {
    host.gateway.setDefaults('latency_ms=60000');
    const { id } = await create(jsonl([line('a')]));
    await waitFor(() => host.gateway.requests.length === 1);
    const { rows } = await host.database.pool.query(
      'SELECT body AS text FROM batch_line UNION ALL SELECT content FROM file_chunk UNION ALL SELECT sealed_key FROM batch',
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(JSON.stringify(rows)).not.toMatch(/secret prompt|sk-ao-the-key/);
    host.gateway.reset();
    await host.bus.request(cancelBatchV1, { actor: alice, batchId: id });
    await host.halt();
    await host.run(QUICK);
    await reaches(id, 'cancelled');
  });

  it('put a line that is refused into the error file with the answer it got, and go on', async () => {
    const { id } = await create(jsonl([line('good'), line('bad', 'demo-chat?fault=401')]));
    const batch = await reaches(id, 'completed');
    expect(batch.requestCounts).toEqual({ total: 2, completed: 1, failed: 1 });
    expect(await read(batch.errorFileId)).toMatchObject([
      {
        custom_id: 'bad',
        error: null,
        response: { status_code: 401, body: { error: { message: expect.any(String) } } },
      },
    ]);
    expect(await read(batch.outputFileId)).toMatchObject([{ custom_id: 'good' }]);
  });

  it('make a call again that met a limit', async () => {
    host.gateway.script('fault=429');
    const { id } = await create(jsonl([line('late')]));
    const batch = await reaches(id, 'completed');
    expect(batch.requestCounts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect(host.gateway.requests).toHaveLength(2);
  });

  it.each([
    ['nothing in it', '\n\n', [{ code: 'empty_file', line: null }]],
    ['a line that is no JSON', `${jsonl([line('a')])}\nhello`, [{ code: 'invalid_json_line', line: 2 }]],
    ['an id twice', jsonl([line('a'), line('b'), line('a')]), [{ code: 'duplicate_custom_id', line: 3 }]],
    [
      'several faults',
      jsonl([{ ...line('a'), url: '/v1/embeddings' }, line('b'), { ...line('c'), method: 'GET' }]),
      [
        { code: 'mismatched_endpoint', line: 1 },
        { code: 'invalid_method', line: 3 },
      ],
    ],
  ])('fail before anything is run when their input has %s', async (_what, text, errors) => {
    const { id } = await create(text);
    const batch = await reaches(id, 'failed');
    expect(batch.errors).toMatchObject(errors);
    expect(batch.errors).toHaveLength(errors.length);
    expect(host.gateway.requests).toHaveLength(0);
    const { rowCount } = await host.database.pool.query('SELECT 1 FROM batch_line WHERE batch_id = $1', [id]);
    expect(rowCount).toBe(0);
  });

  it('are refused for a file with another purpose, and for one that others have', async () => {
    const other = await upload('x', alice, 'user_data');
    await expect(create('x', { inputFileId: other.id })).rejects.toMatchObject({ code: 'invalid_parameter' });
    const theirs = await upload(jsonl([line('a')]), mallory);
    await expect(create('x', { inputFileId: theirs.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('do not exist for others, nor do files; an admin sees those of the organisation', async () => {
    const { id, inputFileId } = await create(jsonl([line('a')]));
    for (const actor of [bob, mallory]) {
      await expect(get(id, actor)).rejects.toMatchObject({ code: 'not_found' });
      const shown = host.bus.request(getFileV1, { actor, fileId: inputFileId });
      await expect(shown).rejects.toMatchObject({ code: 'not_found' });
      const bytes = host.bus.request(readFileV1, { actor, fileId: inputFileId, position: 0 });
      await expect(bytes).rejects.toMatchObject({ code: 'not_found' });
      const cancelled = host.bus.request(cancelBatchV1, { actor, batchId: id });
      await expect(cancelled).rejects.toMatchObject({ code: 'not_found' });
      const batches = await host.bus.request(listBatchesV1, { actor, limit: 20 });
      expect(batches.data.map((batch) => batch.id)).not.toContain(id);
      const files = await host.bus.request(listFilesV1, { actor, limit: 500 });
      expect(files.data.map((file) => file.id)).not.toContain(inputFileId);
    }
    expect(await get(id, admin)).toMatchObject({ id });
    await reaches(id, 'completed');
  });

  it('begin no further line once cancelled, and say which were not run', async () => {
    host.gateway.setDefaults('latency_ms=500');
    const { id } = await create(jsonl(Array.from({ length: 30 }, (_, index) => line(`line-${index}`))));
    await waitFor(() => host.gateway.requests.length >= 4);
    await host.bus.request(cancelBatchV1, { actor: alice, batchId: id });
    const batch = await reaches(id, 'cancelled');
    const [done, undone] = [await read(batch.outputFileId), await read(batch.errorFileId)];
    expect(done.length).toBe(host.gateway.requests.length);
    expect(done.length + undone.length).toBe(30);
    expect(undone[0]).toMatchObject({ response: null, error: { code: 'batch_cancelled' } });
    await expect(host.bus.request(cancelBatchV1, { actor: alice, batchId: id })).resolves.toMatchObject({
      batch: { status: 'cancelled' },
    });
  });

  it('end when their window does, and say which lines were not run', async () => {
    host.gateway.setDefaults('fault=429&retry_after_s=600');
    const { id } = await create(jsonl([line('a'), line('b')]));
    await waitFor(() => host.gateway.requests.length === 2);
    await host.halt();
    await host.database.pool.query(`UPDATE batch SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    await host.run(QUICK);
    const batch = await reaches(id, 'expired');
    expect(await read(batch.errorFileId)).toMatchObject([
      { custom_id: 'a', error: { code: 'batch_expired' } },
      { custom_id: 'b', error: { code: 'batch_expired' } },
    ]);
  });

  it('wait for a gateway that died as well to tell what it charged, before they call a line again', async () => {
    host.gateway.setDefaults('latency_ms=60000');
    const { id } = await create(jsonl([line('told-late')]));
    await waitFor(() => host.gateway.requests.length === 1);
    await host.halt();
    host.gateway.reset();
    let asked = 0;
    let toldAtMs = Number.POSITIVE_INFINITY;
    charged = () => ((asked += 1), Date.now() >= toldAtMs);
    await host.run(QUICK);
    // A moment after the start, as by the spool of a gateway that starts again.
    toldAtMs = Date.now() + 200;
    const batch = await reaches(id, 'completed');
    expect(asked).toBe(1);
    expect(await read(batch.errorFileId)).toMatchObject([{ error: { code: 'answer_lost' } }]);
  });

  it('do not call a line again that a run which died was charged for, when its answer is lost', async () => {
    host.gateway.setDefaults('latency_ms=60000');
    const { id } = await create(jsonl([line('lost'), line('unpaid')]));
    await waitFor(() => host.gateway.requests.length === 2);
    await host.halt();
    host.gateway.reset();
    charged = (lineId) => lineId.endsWith('_1');
    await host.run(QUICK);
    const batch = await reaches(id, 'completed');
    expect(await read(batch.errorFileId)).toMatchObject([{ custom_id: 'lost', error: { code: 'answer_lost' } }]);
    expect(await read(batch.outputFileId)).toMatchObject([{ custom_id: 'unpaid' }]);
    // The question whether the gateway remembers the line had a body that no provider would be asked with.
    expect(host.gateway.requests.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});
