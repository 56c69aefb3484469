// For the projects `int` and `e2e`: real PostgreSQL, NATS and Redis, once per run.
import './load-sources.mjs';

export default async function globalSetup() {
  const { startTestServers } = await import('../src/index.ts');
  globalThis.aoTestServers = await startTestServers();
}
