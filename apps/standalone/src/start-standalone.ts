import { startGateway, loadGatewayConfig, type RunningGateway } from '@ao/gateway';
import type { Simulator } from '@ao/provider-simulator';
import { openPlatform, readVersion, runService, type Platform, type RunningService, type Runnable } from '@ao/runtime';
import { checkSettings } from './all-settings.js';
import { bootstrap } from './bootstrap.js';
import { loadStandaloneConfig } from './config.js';
import { modelToTry, neighbours, startDemoProvider, wantsDemo } from './demo-provider.js';
import { services } from './services.js';

import { welcome } from './welcome.js';

const READY_WAIT_MS = 30_000;

export interface Standalone extends Runnable {
  url: string;
  /** Set only when this start made the first key. */
  firstKey: string | null;
}

/**
 * Every service in this process: the composition root of standalone mode.
 * @throws StartupError when something cannot start; what had started is stopped again.
 */
export async function startStandalone(environment: NodeJS.ProcessEnv): Promise<Standalone> {
  checkSettings(environment);
  const config = loadStandaloneConfig(environment);
  const gatewayConfig = loadGatewayConfig(environment);
  const parts = new Parts();
  try {
    const demo = wantsDemo(config) ? parts.keepDemo(await startDemoProvider()) : undefined;
    const variables = neighbours(environment, gatewayConfig, demo);
    const platform = parts.keepPlatform(
      await openPlatform({ name: 'standalone', environment: variables, embedded: true }),
    );
    await Promise.all(
      services.map(async (service) => parts.keepService(await runService(service, platform.contextFor(service.name)))),
    );
    platform.beginDelivery();
    const firstKey = await bootstrap(platform.bus);
    const { SHUTDOWN_TIMEOUT_MS: shutdownTimeoutMs } = platform.values;
    const gateway = parts.keepGateway(
      await startGateway({
        ...platform.contextFor('gateway'),
        keyValue: platform.openKeyValue(),
        shutdownTimeoutMs,
        version: readVersion(new URL('../package.json', import.meta.url)),
      }),
    );
    // A busy machine may still be writing its first tables: who reads "ready" shall find it so.
    if (!(await gateway.whenReady(READY_WAIT_MS))) platform.logger.warn({}, 'not everything is ready yet: see /ready');
    return {
      url: `http://${gatewayConfig.HOST}:${gatewayConfig.PORT}`,
      firstKey,
      logger: platform.logger,
      stop: () => parts.stop(),
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** What to print once it runs. */
export function describe({ url, firstKey }: Standalone, environment: NodeJS.ProcessEnv): string {
  const config = loadStandaloneConfig(environment);
  const model = modelToTry(config, environment);
  return welcome({
    url,
    firstKey,
    model,
    demo: wantsDemo(config),
    dataDirectory: environment['AO_DATA_DIR'] || '.data',
  });
}

/** What has started so far, stopped in the reverse order of who needs whom. */
class Parts {
  private demo: Simulator | undefined;
  private platform: Platform | undefined;
  private gateway: RunningGateway | undefined;
  private readonly running: RunningService[] = [];

  keepDemo = (demo: Simulator): Simulator => (this.demo = demo);
  keepPlatform = (platform: Platform): Platform => (this.platform = platform);
  keepGateway = (gateway: RunningGateway): RunningGateway => (this.gateway = gateway);
  keepService = (service: RunningService): number => this.running.push(service);

  async stop(): Promise<void> {
    // The gateway first: its last records and leases still find their services.
    await this.gateway?.stop();
    this.platform?.endDelivery();
    await Promise.all(this.running.map((service) => service.stop()));
    await this.platform?.close();
    await this.demo?.stop();
  }
}
