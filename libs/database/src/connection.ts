import type { ClientConfig } from 'pg';
import { StartupError } from '@ao/kernel';

/** A schema name goes into SQL as an identifier and into `search_path`, so it is restricted rather than quoted. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`; TLS through `sslmode`. */
  url: string;
  /** The PostgreSQL schema that unqualified names resolve to. */
  schema: string;
  connectTimeoutMs: number;
  /** The server cancels any statement that runs longer. */
  statementTimeoutMs: number;
}

/** A transaction left open by a bug or a frozen process must not hold its row locks for ever. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * What `pg` needs to connect with our limits and our schema. The settings travel in the startup packet, so a transaction
 * pooler (PgBouncer) in between must allow `options`.
 *
 * @throws StartupError when the URL or the schema name cannot be used
 */
export function connectionConfig(options: ConnectionOptions): ClientConfig {
  if (!SCHEMA_NAME.test(options.schema)) {
    throw new StartupError(`The schema name "${options.schema}" must match ${SCHEMA_NAME.source}.`);
  }
  const url = parseUrl(options.url);
  const inherited = url.searchParams.get('options');
  // pg lets the URL override the object it is in, so what we set ourselves must not be in the URL.
  for (const name of ['options', 'schema', 'application_name']) url.searchParams.delete(name);
  return {
    connectionString: url.toString(),
    application_name: `ao-${options.schema}`,
    options: [inherited, `-c search_path=${options.schema}`].filter(Boolean).join(' '),
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    // The server's own limit answers first; this one is for a server that no longer answers at all.
    query_timeout: options.statementTimeoutMs + options.connectTimeoutMs,
    idle_in_transaction_session_timeout: Math.max(IDLE_IN_TRANSACTION_MS, options.statementTimeoutMs),
    keepAlive: true,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new StartupError('DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  return url;
}
