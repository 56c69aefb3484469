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

/** The built-in provider for a first look: the simulator, on loopback, without its control endpoints. */
export function startDemoProvider(): Promise<Simulator> {
  return startSimulator({ host: '127.0.0.1', port: 0, recordedRequestsMax: 0, admin: false });
}
