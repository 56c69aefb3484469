import { StartupError } from '@ao/kernel';
import { connectionConfig } from './connection.js';

const base = { url: 'postgres://u:p@db:5432/ao', schema: 'wallet', connectTimeoutMs: 1_000, statementTimeoutMs: 5_000 };

describe('connectionConfig', () => {
  it('puts the schema of the service first, keeping options of the URL', () => {
    const config = connectionConfig({ ...base, url: `${base.url}?options=-c%20work_mem%3D8MB&sslmode=require` });
    expect(config.options).toBe('-c work_mem=8MB -c search_path=wallet');
    expect(config.connectionString).toBe('postgres://u:p@db:5432/ao?sslmode=require');
  });

  it('limits the wait for a connection, for a statement and for a silent server', () => {
    expect(connectionConfig(base)).toMatchObject({
      connectionTimeoutMillis: 1_000,
      statement_timeout: 5_000,
      query_timeout: 6_000,
      idle_in_transaction_session_timeout: 60_000,
    });
  });

  it.each(['Wallet', 'wal-let', 'wallet;drop', '', '1wallet', 'w'.repeat(64)])(
    'refuses the schema name "%s"',
    (schema) => {
      expect(() => connectionConfig({ ...base, schema })).toThrow(StartupError);
    },
  );

  it.each(['', 'localhost:5432', 'mysql://u@h/d'])('says what DATABASE_URL must look like when it is "%s"', (url) => {
    expect(() => connectionConfig({ ...base, url })).toThrow(/^DATABASE_URL must look like postgres:/);
  });
});
