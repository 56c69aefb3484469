import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '@ao/kernel';
import { AnswerIds } from './answers/answer-ids.js';
import { SeededRandom } from './answers/seeded-random.js';
import { layerBehaviour, PLAIN_BEHAVIOUR, type Behaviour } from './behaviour/behaviour.js';
import { toBehaviour } from './behaviour/parse-directives.js';
import { Script, type ScriptedAnswer } from './behaviour/script.js';
import { Memory } from './memory/memory.js';
import { allProtocols } from './protocols/all-protocols.js';
import type { AwsCredentials } from './protocols/bedrock/signature.js';
import { Counters, type SimulatorCounts } from './server/counters.js';
import type { AnswerState } from './server/answer-call.js';
import { createHandler } from './server/http-handler.js';
import { RequestLog, type RecordedRequest } from './server/request-log.js';
import { createUpgradeHandler } from './server/upgrade-handler.js';
import { systemTimers, type Timers } from './server/timers.js';

export interface SimulatorOptions {
  /** Default 127.0.0.1: the simulator asks nobody for a key. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** How every answer behaves unless told otherwise, as directives or fields. */
  readonly defaults?: string | Partial<Behaviour>;
  /** Default 1. The same seed and the same requests in the same order give the same answers. */
  readonly seed?: number;
  /** How many requests to remember, headers and keys included; default 1000, 0 for none. */
  readonly recordedRequestsMax?: number;
  /** Whether `/_simulator/…` answers; default true. */
  readonly admin?: boolean;
  /** Makes requests in Bedrock's protocol prove that they were signed with this key; default: any signature will do. */
  readonly awsCredentials?: AwsCredentials;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

/** A running simulator. */
export interface Simulator {
  /** Such as `http://127.0.0.1:41234`, without a path. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The latest requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  readonly counts: SimulatorCounts;
  /** Scripted answers still to come. */
  readonly pending: number;
  /** Sets the behaviour of the next answers, in order. Throws `invalid_parameter` on a bad directive. */
  script(...answers: readonly (string | ScriptedAnswer)[]): void;
  /** Replaces the defaults, whole. Throws `invalid_parameter` on a bad directive. */
  setDefaults(behaviour: string | Partial<Behaviour>): void;
  /** Empties the script and goes back to the defaults of the start. */
  clearBehaviour(): void;
  /** As after the start: no script, no memory of requests, files or responses, counts at zero, the seed from its beginning. */
  reset(): void;
  /** Closes the port and every connection; may be called twice. */
  stop(): Promise<void>;
}

/** Above the default of HTTP clients, so that an idle pooled connection is never closed under a benchmark's next request. */
const KEEP_ALIVE_MS = 75_000;
const CONNECTIONS_MAX = 10_000;
const RECORDED_REQUESTS_MAX = 1000;

/**
 * Starts a simulator and gives it once it listens. Throws `invalid_parameter` on bad directives in `defaults`; rejects with
 * Node's error when the address cannot be bound (`EADDRINUSE`, `EACCES`, …).
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, seed = 1 } = options;
  const initial = layerBehaviour(PLAIN_BEHAVIOUR, toBehaviour(options.defaults ?? {}));
  const state: AnswerState = {
    defaults: initial,
    script: new Script(),
    random: new SeededRandom(seed),
    ids: new AnswerIds(seed),
    clock: options.clock ?? systemClock,
    memory: new Memory(),
  };
  const counters = new Counters();
  const log = new RequestLog(options.recordedRequestsMax ?? RECORDED_REQUESTS_MAX);
  const controls = createControls(state, counters, log, initial, seed);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('connection', (socket) => counters.track(socket));
  const admin = options.admin === false ? undefined : controls;
  const timers = options.timers ?? systemTimers;
  const parts = { state, protocols: allProtocols(options.awsCredentials), counters, log, timers, admin };
  server.on('request', createHandler(parts));
  server.on('upgrade', createUpgradeHandler(parts));
  const address = await listen(server, host, port);
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return Object.assign(controls, {
    url: `http://${shownHost}:${address.port}`,
    host,
    port: address.port,
    stop: () => stop(server, counters),
  });
}

type Controls = Omit<Simulator, 'url' | 'host' | 'port' | 'stop'>;

function createControls(
  state: AnswerState,
  counters: Counters,
  log: RequestLog,
  initial: Readonly<Behaviour>,
  seed: number,
): Controls {
  const clearBehaviour = (): void => {
    state.script.clear();
    state.defaults = initial;
  };
  return {
    get requests() {
      return log.requests;
    },
    get counts() {
      return counters.snapshot();
    },
    get pending() {
      return state.script.pending;
    },
    script: (...answers) => state.script.add(answers),
    setDefaults: (behaviour) => {
      state.defaults = layerBehaviour(PLAIN_BEHAVIOUR, toBehaviour(behaviour));
    },
    clearBehaviour,
    reset: () => {
      clearBehaviour();
      counters.reset();
      log.clear();
      state.memory.clear();
      state.random = new SeededRandom(seed);
      state.ids = new AnswerIds(seed);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function stop(server: Server, counters: Counters): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    counters.closeAll();
  });
}
