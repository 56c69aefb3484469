import {
  acquireLeasesV1,
  syncLeasesV1,
  type CallOf,
  type Principal,
  type RequestOf,
  type ResponseOf,
  type returnLeasesV1,
  type RpcContract,
  type ScopedBudget,
} from '@ao/contracts';
import {
  Budget,
  Capacity,
  CapacityQueue,
  Circuits,
  DeploymentLimits,
  LeasePool,
  LimitStore,
  Limits,
  PerformCall,
  type InboundCall,
  type LeaseBroker,
  type Provider,
  type Responder as CallResponder,
} from '@ao/gateway/simulation';
import { AppError, type IdGenerator, type Logger } from '@ao/kernel';
import type { Witness } from '../checks/witness.js';
import type { Life } from '../engine/life.js';
import type { Random } from '../engine/random.js';
import type { Sabotage } from '../mutations/sabotage.js';
import type { CallPlan, Plan, ProviderPlan } from '../plan/plan.js';
import type { EventBus } from './event-bus.js';
import { MODEL, modelState } from './model.js';
import { SimulatedProvider } from './provider.js';
import type { Requests, Responder } from './requests.js';
import { SimulatedSpool, type Disk } from './spool.js';

/** As the gateway's lifecycle does. */
const LEASE_SYNC_EVERY_MS = 1_000;
const SETTLED_POLL_MS = 10;
const SHUTDOWN_MS = 5_000;
const SETTLE_DEADLINE_MS = 3_000;

type AcquireCall = CallOf<typeof acquireLeasesV1>;

interface GatewayParts {
  life: Life;
  gatewayId: string;
  disk: Disk;
  bus: EventBus;
  requests: Requests;
  wallets: () => readonly Responder[];
  random: Random;
  ids: IdGenerator;
  logger: Logger;
  plan: Plan;
  /** The budgets with a scope, as the snapshot tells. */
  budgets: readonly ScopedBudget[];
  witness: Witness;
  sabotage: Sabotage;
}

const nobodyListens: CallResponder = { head: () => undefined, write: () => undefined, end: () => undefined };

/** One life of a gateway: everything between the HTTP server and the bus is the real code. */
export class GatewayProcess implements Responder {
  readonly life: Life;
  readonly gatewayId: string;
  readonly pool: LeasePool;
  readonly budget: Budget;
  isStopping = false;
  private readonly performCall: PerformCall;
  private readonly spool: SimulatedSpool;
  private readonly providerPlans = new Map<string, ProviderPlan>();
  /** Of the calls under way. */
  private readonly callers = new Set<AbortController>();

  constructor(private readonly parts: GatewayParts) {
    const { life, gatewayId, requests, ids, logger, plan, sabotage } = parts;
    this.life = life;
    this.gatewayId = gatewayId;
    this.pool = new LeasePool();
    const honest: LeaseBroker = {
      acquire: (request) => this.acquire(request),
      sync: (request) => requests.ask(life, syncLeasesV1, request, parts.wallets),
    };
    const broker = sabotage.broker?.(honest) ?? honest;
    const pool = sabotage.pool?.(this.pool) ?? this.pool;
    this.budget = new Budget(pool, broker, {
      gatewayId,
      clock: life.clock,
      ids,
      logger,
      leaseIdleMs: plan.leaseIdleMs,
    });
    this.spool = new SimulatedSpool(parts.disk, life, parts.bus, parts.random, parts.witness);
    const provider = new SimulatedProvider(life, (callId) => this.providerPlans.get(callId)!, parts.witness);
    const noLimits = { takeTokens: () => life.hang() };
    const state = modelState(parts.budgets);
    this.performCall = new PerformCall(state, new Limits(noLimits, logger), this.budget, provider, this.spool, {
      gatewayId,
      clock: life.clock,
      circuits: new Circuits({
        states: state.deployments,
        store: { setIfAbsent: async () => true, delete: async () => undefined },
        tell: () => undefined,
        clock: life.clock,
        logger,
      }),
      capacity: new Capacity(
        new DeploymentLimits(new LimitStore(noLimits), () => undefined),
        new CapacityQueue({ sleep: () => life.hang(), lengthMax: 0, waitMsMax: 0 }),
      ),
      wait: (durationMs) => new Promise((resolve) => life.after(durationMs, 'tries again', resolve)),
      random: () => 0.5,
      onSettled: () => undefined,
      limits: { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null },
      direct: { enabled: false, provider: {} as Provider },
      dropParams: false,
    });
    life.every(LEASE_SYNC_EVERY_MS, 'synchronises its leases', () => void this.budget.sync());
  }

  /** @throws AppError when the call is refused. */
  async call(callId: string, principal: Principal, plan: CallPlan): Promise<void> {
    this.providerPlans.set(callId, plan.provider);
    const caller = new AbortController();
    this.callers.add(caller);
    if (plan.leavesAfterMs !== null) {
      const left = new AppError('stream_error', 'The caller left.');
      this.life.after(plan.leavesAfterMs, `${callId} is left by its caller`, () => caller.abort(left));
    }
    try {
      await this.performCall.execute(this.inbound(callId, principal, plan, caller.signal), nobodyListens);
    } finally {
      this.callers.delete(caller);
      this.providerPlans.delete(callId);
    }
  }

  /** Gives back idle money when the wallet service asks for it. */
  async answer(_contract: RpcContract, request: unknown): Promise<unknown> {
    const { walletIds } = request as RequestOf<typeof returnLeasesV1>;
    return { returns: this.budget.giveBack(walletIds).map(({ walletId: _walletId, ...back }) => back) };
  }

  /** Finishes what is under way, gives the money back, hands over the records. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.untilIdle(SHUTDOWN_MS);
    for (const caller of this.callers) caller.abort(new AppError('stream_error', 'The gateway stops.'));
    await this.untilIdle(SETTLE_DEADLINE_MS);
    await this.budget.close();
    await this.spool.close();
    this.life.isAlive = false;
  }

  private async untilIdle(deadlineMs: number): Promise<void> {
    const { clock } = this.life;
    const endMs = clock.monotonicMs() + deadlineMs;
    while (this.callers.size > 0 && clock.monotonicMs() < endMs) {
      await this.life.sleep(SETTLED_POLL_MS, 'waits for calls to settle');
    }
  }

  crash(): void {
    this.life.isAlive = false;
    this.spool.crash();
  }

  private async acquire(request: AcquireCall): Promise<ResponseOf<typeof acquireLeasesV1>> {
    const { requests, witness, wallets } = this.parts;
    const ask = witness.refusals.asked();
    try {
      const answer = await requests.ask(this.life, acquireLeasesV1, request, wallets);
      witness.refusals.answered(ask, request, answer);
      return answer;
    } finally {
      witness.refusals.forget(ask);
    }
  }

  private inbound(callId: string, principal: Principal, plan: CallPlan, signal: AbortSignal): InboundCall {
    const stream = plan.provider.kind === 'answers' && plan.provider.streamed;
    const messages = [{ role: 'user', content: 'a'.repeat(plan.promptLength) }];
    const { clock } = this.life;
    return {
      callId,
      correlationId: callId,
      protocolHeaders: {},
      inPath: null,
      endpoint: '/v1/chat/completions',
      principal,
      body: Buffer.from(JSON.stringify({ model: MODEL, max_tokens: plan.maxTokens, stream, messages })),
      ownKey: undefined,
      endUserId: plan.endUser,
      sessionId: null,
      tags: [],
      featureId: null,
      startedAtMs: clock.nowMs(),
      startedMonotonicMs: clock.monotonicMs(),
      signal,
    };
  }
}
