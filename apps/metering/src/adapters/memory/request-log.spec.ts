import { MemoryDatabase } from '@ao/database/memory';
import { describeRequestLog } from '../../request-log.suite.js';
import { MemoryRequestLog, RequestLogTables } from './request-log.js';

describeRequestLog('memory', async () => {
  const tables = new RequestLogTables(new MemoryDatabase(() => 0));
  return {
    log: new MemoryRequestLog(
      tables,
      tables.database.openSession(() => new Promise(setImmediate)),
    ),
    outboxIds: async () => tables.database.outbox.all().map(({ id }) => id),
    close: async () => undefined,
  };
});
