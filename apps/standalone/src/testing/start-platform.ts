import { join } from 'node:path';
import { waitFor } from '@ao/testing';
import { ApiClient } from './api-client.js';
import { freePorts } from './free-ports.js';
import { openHome, type Mode, type PlatformHome } from './platform-home.js';
import { entries, Program, type Exit } from './program.js';

type Environment = Readonly<Record<string, string>>;

export interface RunningPlatform {
  mode: Mode;
  url: string;
  home: PlatformHome;
  program: Program;
  /** An owner of the first organisation: the key that was set, or the one that this start printed. */
  admin: ApiClient;
  /** What it was started with. */
  environment: Environment;
  /** SIGTERM, and its exit; then its home goes, if this start opened it. */
  stop(): Promise<Exit>;
}

/** Every platform has it unless a test takes the printed key. */
const ADMIN_KEY = 'sk-ao-end-to-end-administrator';
/** What a provider is asked is what the test asks it. */
const NO_CHECKS = { PROVIDER_HEALTH_INTERVAL_MS: '0', PROVIDER_MODELS_INTERVAL_MS: '0' };
const READY_TIMEOUT_MS = 60_000;
const PORTS_PER_CLUSTER = 16;

/**
 * The built platform as real processes on free ports, ready to be called.
 * @param home Data of an earlier start; without it fresh data, gone after `stop`.
 * @throws Error with all that the platform said, when it does not start.
 */
export async function startPlatform(
  mode: Mode,
  environment: Environment = {},
  home?: PlatformHome,
): Promise<RunningPlatform> {
  const ownHome = home ?? (await openHome(mode));
  const port = await freePorts(mode === 'cluster' ? PORTS_PER_CLUSTER : 1);
  const given = { AO_ADMIN_KEY: ADMIN_KEY, ...NO_CHECKS, ...ownHome.environment, ...environment, PORT: String(port) };
  const program = new Program(entries[mode], given);
  const removeHome = async (): Promise<void> => {
    if (!home) await ownHome.remove();
  };
  try {
    const [, url = ''] = await program.waitForOutput(/ready on (http:\S+)/, READY_TIMEOUT_MS);
    const printedKey = /^ {2}(sk-ao-\S+)$/m.exec(program.stdout)?.[1];
    const admin = new ApiClient(url, printedKey ?? given.AO_ADMIN_KEY);
    return {
      mode,
      url,
      home: ownHome,
      program,
      admin,
      environment: given,
      async stop() {
        try {
          return await program.stop();
        } finally {
          await removeHome();
        }
      },
    };
  } catch (error) {
    program.destroy();
    await removeHome();
    throw error;
  }
}

/** A process beside a platform's own. */
export interface Variant {
  url: string;
  admin: ApiClient;
  program: Program;
  stop(): Promise<Exit>;
}

/**
 * The same platform under other settings: in a cluster one more gateway beside the first, else a platform of its own.
 */
export async function startVariant(platform: RunningPlatform, environment: Environment): Promise<Variant> {
  if (platform.mode === 'standalone') {
    const { AO_DATA_DIR: _, ...rest } = platform.environment;
    return startPlatform('standalone', { ...rest, ...environment });
  }
  return startReplica(platform, 'gateway', environment);
}

/** One more process of a service of this cluster, on the same bus and databases. */
export async function startReplica(
  platform: RunningPlatform,
  service: 'gateway' | 'wallet',
  environment: Environment = {},
): Promise<Variant> {
  const port = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const program = new Program(entries[service], {
    ...platform.environment,
    AO_DATA_DIR: join(platform.home.dataDirectory, `${service}-${port}`),
    ...environment,
    PORT: String(port),
  });
  try {
    await waitFor(async () => !program.running || (await fetch(`${url}/live`)).ok, {
      timeoutMs: READY_TIMEOUT_MS,
      description: `the ${service}`,
    });
    if (!program.running) throw new Error(`the ${service} ended: ${program.stderr}`);
  } catch (error) {
    program.destroy();
    throw error;
  }
  return { url, program, admin: new ApiClient(url, platform.admin.key), stop: () => program.stop() };
}

/** The process of one service of a cluster, as its runner last started it. */
export function childPid({ program }: RunningPlatform, name: string): number {
  const started = program.logs.findLast(({ child, msg }) => child === name && msg === 'service started');
  if (typeof started?.['pid'] !== 'number') throw new Error(`no service ${name} was started`);
  return started['pid'];
}
