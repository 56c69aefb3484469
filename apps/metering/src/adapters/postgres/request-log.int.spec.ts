import { fileURLToPath } from 'node:url';
import { migrate, openDatabase } from '@ao/database';
import { createTestDatabase } from '@ao/testing';
import { describeRequestLog } from '../../request-log.suite.js';
import { PostgresRequestLog } from './request-log.repository.js';

describeRequestLog('PostgreSQL', async () => {
  const server = await createTestDatabase();
  const directory = fileURLToPath(new URL('../../../../../prisma/metering/migrations', import.meta.url));
  await migrate({ url: server.url, schema: 'metering', directory });
  const limits = { poolSizeMax: 3, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
  const database = openDatabase({ url: server.url, schema: 'metering', ...limits });
  return {
    log: new PostgresRequestLog(database),
    outboxIds: async () =>
      (await database.pool.query<{ id: string }>('SELECT id FROM outbox')).rows.map(({ id }) => id),
    close: async () => {
      await database.close();
      await server.drop();
    },
  };
});
