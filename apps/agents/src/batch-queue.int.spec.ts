import {
  appendUploadV1,
  createBatchV1,
  finishUploadV1,
  getBatchV1,
  listRequestsV1,
  startUploadV1,
} from '@ao/contracts';
import { sleep, systemClock } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { PostgresBatchQueue } from './adapters/postgres/batch.queue.js';
import { AgentsHost, alice } from './agents-host.suite.js';
import { LeaseLost } from './application/batches/ports.js';
import type { BatchRun } from './domain/batch.js';

const LINES = 6;

describe('the queue of batches', () => {
  let host: AgentsHost;
  let queue: PostgresBatchQueue;

  beforeAll(async () => {
    host = await AgentsHost.start();
    await host.bus.respond(listRequestsV1, () => ({ data: [], nextCursor: null }));
    queue = new PostgresBatchQueue(host.database);
  });
  afterAll(() => host.stop());

  /** A batch whose lines are stored, and that no runner has. */
  async function waiting(): Promise<string> {
    host.gateway.setDefaults('latency_ms=60000');
    const { fileId } = await host.bus.request(startUploadV1, { actor: alice, filename: 'in.jsonl' });
    const lines = Array.from({ length: LINES }, (_, index) =>
      JSON.stringify({
        custom_id: `${index}`,
        method: 'POST',
        url: '/v1/embeddings',
        body: { model: 'demo-embed', input: 'i' },
      }),
    );
    const content = Buffer.from(lines.join('\n')).toString('base64');
    await host.bus.request(appendUploadV1, { actor: alice, fileId, position: 0, content });
    await host.bus.request(finishUploadV1, { actor: alice, fileId, purpose: 'batch' });
    const { batch } = await host.bus.request(createBatchV1, {
      actor: alice,
      inputFileId: fileId,
      endpoint: '/v1/embeddings',
      completionWindow: '24h',
      metadata: null,
      sealedKey: null,
    });
    await waitFor(() => host.gateway.requests.length === LINES);
    await host.halt();
    host.gateway.reset();
    await host.database.pool.query('UPDATE batch_line SET due_at = now()');
    return batch.id;
  }
  async function claim(leaseMs: number): Promise<BatchRun> {
    const [run, ...more] = await queue.claim({ limit: 10, leaseMs });
    if (!run || more.length > 0) throw new Error('expected one batch');
    return run;
  }
  const counts = async (): Promise<object> =>
    (await host.database.pool.query('SELECT status, total, completed, failed FROM batch')).rows[0] as object;

  it('ignores what a run says of a batch that it has lost, and counts each line once', async () => {
    const id = await waiting();
    const lost = await claim(1);
    expect(await queue.claimLines(lost, { limit: 2, settleMs: 0 })).toHaveLength(2);
    await sleep(20);
    const held = await claim(60_000);
    expect([held.batchId, held.runNumber]).toEqual([id, lost.runNumber + 1]);
    expect(await queue.claim({ limit: 10, leaseMs: 60_000 })).toEqual([]);
    expect(await queue.renew([lost, held], 60_000)).toEqual([held]);
    expect(await queue.look(lost)).toBeNull();
    expect(await queue.claimLines(lost, { limit: 10, settleMs: 0 })).toEqual([]);

    const nowMs = systemClock.nowMs();
    const files = { outputFileId: null, errorFileId: null, expiresAtMs: nowMs };
    for (const write of [
      () => queue.endLine(lost, 1, { succeeded: true, outcome: 'late' }),
      () => queue.postponeLine(lost, 1, { delayMs: 0, unsure: false }),
      () => queue.finalize(lost, nowMs),
      () => queue.fail(lost, [], nowMs),
      () => queue.end(lost, 'completed', files, nowMs),
    ]) {
      await expect(write()).rejects.toThrow(LeaseLost);
    }
    expect(await counts()).toEqual({ status: 'in_progress', total: LINES, completed: 0, failed: 0 });

    const lines = await queue.claimLines(held, { limit: 10, settleMs: 0 });
    expect(lines.map(({ position, unsure }) => [position, unsure])).toEqual(
      Array.from({ length: LINES }, (_, index) => [index + 1, true]),
    );
    expect(await queue.claimLines(held, { limit: 10, settleMs: 0 })).toEqual([]);
    for (let again = 0; again < 2; again += 1) await queue.endLine(held, 1, { succeeded: true, outcome: 'sealed' });
    await queue.endLine(held, 2, { succeeded: false, outcome: 'sealed' });
    expect(await counts()).toEqual({ status: 'in_progress', total: LINES, completed: 1, failed: 1 });

    await queue.postponeLine(held, 3, { delayMs: 0, unsure: false });
    expect(await queue.claimLines(held, { limit: 10, settleMs: 0 })).toMatchObject([
      { position: 3, attempts: 1, unsure: false },
    ]);
    await host.run();
    expect(await host.bus.request(getBatchV1, { actor: alice, batchId: id })).toMatchObject({
      batch: { requestCounts: { total: LINES, completed: 1, failed: 1 } },
    });
  });
});
