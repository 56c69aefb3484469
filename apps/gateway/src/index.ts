import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GatewayLifecycle } from './gateway.lifecycle.js';
import { GatewayModule, type GatewayContext } from './gateway.module.js';

export { gatewaySettings, loadGatewayConfig } from './config.js';
export type { GatewayContext } from './gateway.module.js';

export interface RunningGateway {
  /** Whether it can serve, as `/ready` tells it, at the latest after the deadline. */
  whenReady(deadlineMs: number): Promise<boolean>;
  /** Finishes requests under way, hands over money and records, closes. */
  stop(): Promise<void>;
}

/**
 * Starts a gateway and resolves once it listens.
 * @throws StartupError with what to do, when it cannot.
 */
export async function startGateway(context: GatewayContext): Promise<RunningGateway> {
  const app = await NestFactory.createApplicationContext(await GatewayModule.register(context), {
    logger: ['error'],
    abortOnError: false,
  });
  const lifecycle = app.get(GatewayLifecycle);
  await lifecycle.start();
  return {
    whenReady: (deadlineMs) => lifecycle.whenReady(deadlineMs),
    async stop() {
      await lifecycle.stop();
      await app.close();
    },
  };
}
