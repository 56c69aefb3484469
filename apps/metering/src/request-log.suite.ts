import assert from 'node:assert/strict';
import { usageRecord, usageRecordExample, type UsageRecord } from '@ao/contracts';
import type { RecordedCall, RequestLog } from './application/ports.js';

export interface LogUnderTest {
  log: Pick<RequestLog, 'record'>;
  /** Ids of the events in the outbox, committed. */
  outboxIds(): Promise<string[]>;
  close(): Promise<void>;
}

/** What every request log must do; the simulation rests on both doing the same. */
export function describeRequestLog(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`the request log in ${name}`, () => {
    let test: LogUnderTest;
    let made = 0;
    beforeAll(async () => void (test = await open()));
    afterAll(() => test.close());

    const call = (changes: Partial<UsageRecord> = {}): RecordedCall => {
      const requestId = `req_${(made += 1)}`;
      const record = { ...usageRecord.decode(usageRecordExample), requestId, ...changes };
      const json = JSON.stringify({
        ...usageRecordExample,
        requestId: record.requestId,
        startedAtMs: record.startedAtMs,
      });
      const occurredAt = '2026-01-01T00:00:00.000Z';
      const id = `recorded:${record.requestId}`;
      return { record, json, event: { id, subject: 'evt.metering.usage.recorded.v1', occurredAt, payload: json } };
    };

    it('[MT-007] records a call once, with one event, however often and from wherever it is reported', async () => {
      const [one, two] = [call(), call()];
      const outcomes = await Promise.all([test.log.record([one, two], []), test.log.record([two, one], [])]);
      assert.equal(
        outcomes.reduce((sum, { recordedCount }) => sum + recordedCount, 0),
        2,
      );
      assert.equal(
        outcomes.reduce((sum, { repeatedCount }) => sum + repeatedCount, 0),
        2,
      );
      const told = (await test.outboxIds()).filter((id) => id.endsWith(one.record.requestId));
      assert.equal(told.length, 1);
    });

    it('keeps another call under a taken id apart, and says so', async () => {
      const one = call();
      await test.log.record([one], []);
      const other = call({ requestId: one.record.requestId, startedAtMs: one.record.startedAtMs + 1 });
      assert.deepEqual(await test.log.record([other], []), {
        recordedCount: 0,
        repeatedCount: 0,
        collidingRequestIds: [one.record.requestId],
      });
    });
  });
}
