import { openPlatform, processEnvironment, readVersion, runProcess } from '@ao/runtime';
import { startGateway } from './index.js';

/** The gateway as a process of its own: cluster mode. */
await runProcess(async () => {
  const platform = await openPlatform({ name: 'gateway', environment: processEnvironment(), embedded: false });
  const { SHUTDOWN_TIMEOUT_MS: shutdownTimeoutMs } = platform.values;
  const gateway = await startGateway({
    ...platform.contextFor('gateway'),
    keyValue: platform.openKeyValue(),
    shutdownTimeoutMs,
    version: readVersion(new URL('../package.json', import.meta.url)),
  });
  return {
    logger: platform.logger,
    async stop() {
      await gateway.stop();
      await platform.close();
    },
  };
});
