import {
  pricesSnapshot,
  principal as principalContract,
  principalExample,
  routingTableSnapshot,
  type Price,
  type RouterSettings,
  type RoutingRule,
  type RunningExperiment,
  type UsageReport,
  type ValueOf,
} from '@ao/contracts';
import { AppError, SequentialIds, picoUsd, silentLogger, systemClock } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { PriceBook } from '@ao/pricing';
import { RoutingTable, type CircuitChange, type Provider } from '@ao/router';
import { Budget } from '../../application/budget.js';
import type { InboundCall, Responder } from '../../application/calls/call.js';
import { attemptParts } from '../../application/calls/attempts/attempts.suite.js';
import { PerformCall } from '../../application/calls/perform-call.js';
import { UpstreamRefusal } from '../../application/calls/upstream-refusal.js';
import { Limits } from '../../application/limits/limits.js';
import { ModelState } from '../../application/model-state.js';
import type { LeaseBroker } from '../../application/ports.js';
import { LeasePool } from '../../domain/lease-pool.js';
import { ProviderUpstream } from './provider-upstream.js';

type Snapshot = ValueOf<typeof routingTableSnapshot>;

const prices = pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>;
export const TIMEOUTS = { connectMs: 300, firstByteMs: 300, idleMs: 300, totalMs: 2_000 };

/** What a test says of one deployment; the simulator knows it by `model`. */
export interface TestDeployment {
  id: string;
  group: string;
  kind?: string;
  baseUrl?: string;
  more?: Partial<Snapshot['deployments'][number]>;
}

export interface HarnessOptions {
  baseUrl: string;
  deployments: readonly TestDeployment[];
  settings?: RouterSettings;
  rules?: readonly RoutingRule[];
  experiments?: readonly RunningExperiment[];
  /** Prices by deployment, in pico-dollars a token in and out; 1,000,000 unless told. */
  prices?: Readonly<Record<string, bigint>>;
  /** Shared by gateways that probe together. */
  store?: KeyValue;
  tell?: (change: CircuitChange) => void;
  /** For a deployment with room. */
  waitMsMax?: number;
}

/** What a caller got. */
export interface Received {
  status: number;
  headers: Record<string, string>;
  text: string;
  error: unknown;
  report: UsageReport;
}

/** A gateway from the request's bytes to its usage report: real planning, attempts, connectors; nobody pays. */
export class CallHarness {
  readonly state = new ModelState();
  readonly upstream = new ProviderUpstream([], silentLogger);
  readonly changes: CircuitChange[] = [];
  private readonly reports: UsageReport[] = [];
  private readonly performCall: PerformCall;
  private calls = 0;

  constructor(private readonly options: HarnessOptions) {
    const { store = openMemoryKeyValue(), tell, waitMsMax = 2_000 } = options;
    this.state.prices = new PriceBook(options.deployments.map(({ id }) => priceOf(id, options.prices?.[id])));
    this.configure(options.settings ?? {});
    const parts = { gatewayId: 'gw_1', clock: systemClock, logger: silentLogger };
    const budget = { ...parts, ids: new SequentialIds(), leaseIdleMs: 5_000 };
    this.performCall = new PerformCall(
      this.state,
      new Limits(openMemoryKeyValue(), silentLogger),
      new Budget(new LeasePool(), {} as LeaseBroker, budget),
      this.upstream,
      { begin: () => undefined, end: (report) => void this.reports.push(report), isFull: () => false },
      {
        ...parts,
        limits: { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null },
        direct: { enabled: false, provider: {} as Provider },
        dropParams: false,
        ...attemptParts(this.state, systemClock, {
          store,
          tell: (change) => {
            this.changes.push(change);
            tell?.(change);
          },
          waitMsMax,
        }),
        onSettled: () => undefined,
      },
    );
  }

  /** Takes other settings, as a new snapshot would. */
  configure(settings: RouterSettings): void {
    const { deployments, baseUrl, rules = [], experiments = [] } = this.options;
    const snapshot = routingTableSnapshot.value.parse({
      version: 1,
      providers: deployments.map(({ id, kind = 'openai', baseUrl: own = baseUrl }) => ({
        id: `prv_${id}`,
        name: `p-${id}`,
        kind,
        baseUrl: own,
        sealedKey: 'sk-key',
        timeouts: TIMEOUTS,
      })),
      deployments: deployments.map(({ id, group, more }, index) => ({
        id,
        modelGroup: group,
        providerId: `prv_${id}`,
        model: id,
        // In the order of the test, one after the other.
        priority: index,
        source: 'config',
        ...more,
      })),
      aliases: [],
      settings: [{ orgId: null, settings }],
      rules,
      experiments,
    }) as Snapshot;
    const table = new RoutingTable(snapshot, (sealed) => sealed);
    this.upstream.update(table.providers);
    this.state.table = table;
  }

  async call(
    body: object,
    change: Partial<InboundCall> & { leavesWhen?: (out: { text: string }) => Promise<unknown> } = {},
  ): Promise<Received> {
    const { leavesWhen, ...more } = change;
    const caller = new AbortController();
    const received = { status: 0, headers: {}, text: '', error: null as unknown };
    const responder: Responder = {
      head: (status, headers) => void Object.assign(received, { status, headers }),
      write: (chunk) => void (received.text += chunk.toString()),
      end: (chunk) => void (received.text += chunk?.toString() ?? ''),
    };
    void leavesWhen?.(received).then(() => caller.abort(new AppError('stream_error', 'The caller left.')));
    const call: InboundCall = { ...this.inbound(body), signal: caller.signal, ...more };
    await this.performCall.execute(call, responder).catch((error: unknown) => {
      received.error = error;
      received.status = error instanceof UpstreamRefusal || error instanceof AppError ? error.status : 0;
    });
    const reports = this.reports.filter(({ requestId }) => requestId === call.callId);
    expect(reports).toHaveLength(1);
    return { ...received, report: reports[0]! };
  }

  /** What a call is refused with before anything is asked; null when it is not. */
  async refusal(body: object): Promise<AppError | null> {
    const before = this.reports.length;
    const error = await this.performCall.execute(this.inbound(body), NOBODY).then(
      () => null,
      (thrown: unknown) => thrown as AppError,
    );
    expect(this.reports).toHaveLength(before);
    return error;
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  private inbound(body: object): InboundCall {
    this.calls += 1;
    return {
      callId: `req_${this.calls}`,
      correlationId: 'mine',
      protocolHeaders: {},
      inPath: null,
      endpoint: '/v1/chat/completions',
      principal: { ...principalContract.parse(principalExample), walletId: null },
      body: Buffer.from(JSON.stringify(body)),
      ownKey: undefined,
      tags: [],
      featureId: null,
      endUserId: null,
      sessionId: null,
      startedAtMs: systemClock.nowMs(),
      startedMonotonicMs: systemClock.monotonicMs(),
      signal: new AbortController().signal,
    };
  }
}

const NOBODY: Responder = { head: () => undefined, write: () => undefined, end: () => undefined };

const priceOf = (model: string, pico = 1_000_000n): Price => ({
  ...prices.prices[0]!,
  id: `prc_${model}`,
  model,
  provider: null,
  effectiveFromMs: 0,
  inputPico: picoUsd(pico),
  outputPico: picoUsd(pico),
});

/** The text of a streamed chat completion, its finish reason, and whether it ended as whole streams do. */
export function readChatStream(text: string): { content: string; finishReason: string | null; error: string | null } {
  const frames = text.split('\n\n').filter((frame) => frame.startsWith('data: {'));
  const chunks = frames.map((frame) => JSON.parse(frame.slice(6)) as Chunk);
  const choices = chunks.flatMap(({ choices: list = [] }) => list);
  return {
    content: choices.map(({ delta }) => delta.content ?? '').join(''),
    finishReason: choices.findLast(({ finish_reason: reason }) => reason)?.finish_reason ?? null,
    error: chunks.find(({ error }) => error)?.error?.code ?? null,
  };
}

interface Chunk {
  choices?: { delta: { content?: string }; finish_reason?: string | null }[];
  error?: { code: string };
}
