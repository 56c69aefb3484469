import { parseModelConfig, readModelConfigFile } from '@ao/config';
import { startSimulator, type Simulator } from '@ao/provider-simulator';

/** What the demo is told of the configuration. */
interface DemoConditions {
  AO_CONFIG: string | undefined;
  OPENAI_API_KEY: string | undefined;
  AO_DEMO: boolean | undefined;
}

/** The demo answers while nothing else can, or when it is asked for. */
export function wantsDemo({ AO_CONFIG: config, OPENAI_API_KEY: key, AO_DEMO: asked }: DemoConditions): boolean {
  return asked ?? (config === undefined && key === undefined);
}

/** A model that this configuration serves: what a newcomer pastes must work. */
export function modelToTry(config: DemoConditions, environment: NodeJS.ProcessEnv): string {
  if (wantsDemo(config)) return 'demo-chat';
  if (config.AO_CONFIG === undefined) return 'gpt-4o-mini';
  const { deployments } = parseModelConfig(readModelConfigFile(config.AO_CONFIG), environment);
  const first = deployments.find(({ modelGroup }) => !modelGroup.includes('*'));
  return first?.modelGroup ?? 'gpt-4o-mini';
}

/** What the services of this installation must be told of each other, where the operator has not said it. */
export function neighbours(
  given: NodeJS.ProcessEnv,
  gateway: { HOST: string; PORT: number },
  demo: Simulator | undefined,
): NodeJS.ProcessEnv {
  const host = gateway.HOST === '0.0.0.0' ? '127.0.0.1' : gateway.HOST;
  return {
    AO_GATEWAY_URL: `http://${host}:${gateway.PORT}`,
    ...(demo && { AGENTS_DEFAULT_MODEL: 'demo-chat' }),
    ...given,
    ...(demo && { AO_DEMO_PROVIDER_URL: `${demo.url}/v1` }),
  };
}

/** The built-in provider for a first look: the simulator, on loopback, without its control endpoints. */
export function startDemoProvider(): Promise<Simulator> {
  return startSimulator({ host: '127.0.0.1', port: 0, recordedRequestsMax: 0, admin: false });
}
