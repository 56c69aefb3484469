import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadKey } from '@ao/config';
import { loadGatewayConfig } from '@ao/gateway';
import { StartupError } from '@ao/kernel';
import { openPlatform, type Runnable } from '@ao/runtime';
import { checkSettings } from '../all-settings.js';
import { bootstrap } from '../bootstrap.js';
import { loadStandaloneConfig } from '../config.js';
import { modelToTry, neighbours, startDemoProvider, wantsDemo } from '../demo-provider.js';
import { services } from '../services.js';
import { welcome } from '../welcome.js';
import { ChildService } from './child-service.js';

/** Probe ports of the services follow the gateway's port. */
const PROBE_PORT_OFFSET = 1;

/**
 * Cluster mode on one machine: a process for each service, over the NATS, PostgreSQL, Redis and ClickHouse that the
 * URLs name. What compose and Kubernetes do with containers, for tests and for a look.
 */
export async function startCluster(given: NodeJS.ProcessEnv): Promise<Runnable> {
  checkSettings(given);
  const config = loadStandaloneConfig(given);
  const gateway = loadGatewayConfig(given);
  const demo = wantsDemo(config) ? await startDemoProvider() : undefined;
  const environment = neighbours(withKeys(given), gateway, demo);
  const platform = await openPlatform({ name: 'cluster', environment, embedded: false });
  const { logger } = platform;
  const children = services.map(
    ({ name }, index) =>
      new ChildService({
        name,
        entry: entryOf(name),
        environment,
        host: '127.0.0.1',
        port: gateway.PORT + PROBE_PORT_OFFSET + index,
        logger,
      }),
  );
  const front = new ChildService({
    name: 'gateway',
    entry: entryOf('gateway'),
    environment,
    host: gateway.HOST,
    port: gateway.PORT,
    logger,
  });
  const stop = async (): Promise<void> => {
    // The gateway first: its last records and leases still find their services.
    await front.stop();
    await Promise.all(children.map((child) => child.stop()));
    await platform.close();
    await demo?.stop();
  };
  try {
    for (const child of children) child.start();
    await assertReady(children);
    const firstKey = await bootstrap(platform.bus);
    front.start();
    await assertReady([front]);
    const url = `http://${gateway.HOST}:${gateway.PORT}`;
    process.stdout.write(
      welcome({
        url,
        firstKey,
        model: modelToTry(config, given),
        demo: demo !== undefined,
        dataDirectory: platform.values.AO_DATA_DIR,
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { logger, stop };
}

/** Every process must seal and hash with the same keys; without configured ones those of the data folder serve. */
function withKeys(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folder = join(environment['AO_DATA_DIR'] || '.data', 'keys');
  const key = (name: string, file: string): string =>
    loadKey(environment[name] || undefined, join(folder, file), name).toString('base64');
  return {
    ...environment,
    AO_MASTER_KEY: key('AO_MASTER_KEY', 'master.key'),
    AO_KEY_PEPPER: key('AO_KEY_PEPPER', 'pepper.key'),
  };
}

async function assertReady(children: ChildService[]): Promise<void> {
  const ready = await Promise.all(
    children.map(async (child) => ({ name: child.name, ready: await child.waitUntilReady() })),
  );
  const late = ready.filter((child) => !child.ready).map((child) => child.name);
  if (late.length > 0)
    throw new StartupError(`these services did not become ready: ${late.join(', ')}; their log lines above say why`);
}

/** The built `main` of an app, found through its package. */
function entryOf(name: string): string {
  const index = createRequire(import.meta.url).resolve(`@ao/${name}`);
  return join(index, '..', 'main.js');
}
