import { integer, loadSettings, setting, text } from '@ao/config';
import { runService } from '../run-service.js';
import type { ServiceDefinition } from '../service.js';
import { processEnvironment } from './config.js';
import { openPlatform } from './platform.js';
import { startProbeServer } from './probe-server.js';
import { runProcess } from './run-process.js';

export const serviceProcessSettings = {
  HOST: setting({ description: 'address of the probes', schema: text(255), default: '127.0.0.1' }),
  PORT: setting({ description: 'port of the probes /live and /ready', schema: integer(1, 65_535), default: 3457 }),
} as const;

/** The `main` of a service that is a process of its own: cluster mode. */
export function runServiceProcess(definition: ServiceDefinition): Promise<void> {
  return runProcess(async () => {
    const environment = processEnvironment();
    const { HOST: host, PORT: port } = loadSettings(serviceProcessSettings, environment);
    const platform = await openPlatform({ name: definition.name, environment, embedded: false });
    const service = await runService(definition, platform.contextFor(definition.name));
    const probes = await startProbeServer(host, port, service);
    platform.logger.info({ host, port }, 'ready');
    return {
      logger: platform.logger,
      async stop() {
        await probes.stop();
        await service.stop();
        await platform.close();
      },
    };
  });
}
