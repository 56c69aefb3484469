import type { acquireLeasesV1, CallOf, ResponseOf, UsageReport } from '@ao/contracts';
import { isHolding, PeriodBook, periodRefKey, remainingOf, spendableMax, type Wallet } from '@ao/wallet/simulation';
import type { GatewayProcess } from '../world/gateway-process.js';
import type { World } from '../world/world.js';
import type { Violation } from './violation.js';

const VIOLATIONS_MAX = 20;
/** A transaction decides by the limit that it read at its beginning; none takes longer. */
const LIMIT_READ_MS = 5_000;
/** As in the gateway: a lease is not given out in its last moments. */
const EXPIRY_MARGIN_MS = 2_000;

type AcquireCall = CallOf<typeof acquireLeasesV1>;
type AcquireAnswer = ResponseOf<typeof acquireLeasesV1>;

interface KnownLimit {
  /** Null: unlimited. */
  spendable: bigint | null;
  fromMs: number;
}

/** A question for money that is not answered yet, and the least that each wallet had left meanwhile. */
interface Ask {
  leastAvailable: Map<string, bigint>;
}

/** Sees all that happens, and holds it against the promises that must be true at every moment. */
export class Witness {
  readonly violations: Violation[] = [];
  private readonly periods = new PeriodBook();
  private readonly limits = new Map<string, KnownLimit[]>();
  private readonly heldBefore = new Map<string, bigint>();
  private readonly asks = new Set<Ask>();

  constructor(private readonly world: World) {}

  violate(law: string, detail: string): void {
    const atMs = this.world.scheduler.nowMs - this.world.plan.startsAtMs;
    this.world.note(`VIOLATION ${law}: ${detail}`);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ law, detail, atMs });
  }

  /** A handler failed in a way that is no refusal. */
  fault(error: unknown): void {
    this.violate(
      'no handler fails',
      error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error),
    );
  }

  errorLogged(fields: object, message: string): void {
    this.violate('nothing is logged as an error', `${message} ${JSON.stringify(fields).slice(0, 300)}`);
  }

  beginDurable(callId: string): void {
    this.world.book.get(callId).beginDurable = true;
  }

  endDurable(report: UsageReport): void {
    this.world.book.get(report.requestId).report = report;
  }

  sent(callId: string): void {
    const call = this.world.book.get(callId);
    call.sentAtMs = this.world.scheduler.nowMs;
    this.world.note(`${callId} has its money and goes to the provider`);
    const gateway = this.world.gateways.find((one) => one?.gatewayId === call.gatewayId);
    if (gateway) this.checkSecured(gateway);
  }

  asked(): Ask {
    const ask = { leastAvailable: new Map<string, bigint>() };
    this.asks.add(ask);
    this.noteAvailable();
    return ask;
  }

  answered(ask: Ask, request: AcquireCall, answer: AcquireAnswer): void {
    this.noteAvailable();
    this.asks.delete(ask);
    if (answer.kind === 'granted' || answer.reason !== 'exhausted') return;
    const least = ask.leastAvailable.get(answer.walletId);
    const decidedOn = request.amountMin - answer.shortfall;
    if (least !== undefined && least <= decidedOn && decidedOn < request.amountMin) return;
    this.violate(
      'nobody is refused money that is there',
      `${request.walletId} was refused ${request.amountMin} by ${answer.walletId} for want of ${answer.shortfall}, which never had less than ${least}`,
    );
  }

  unanswered(ask: Ask): void {
    this.asks.delete(ask);
  }

  ledgerCommitted(): void {
    this.noteLimits();
    this.checkLimits();
    for (const gateway of this.world.gateways) if (gateway?.life.isAlive) this.checkSecured(gateway);
    this.noteAvailable();
  }

  /** The most that could be spent from a wallet at some time since then; null: without limit. */
  spendableSince(walletId: string, sinceMs: number): bigint | null {
    const known = this.limits.get(walletId)!;
    const firstLater = known.findIndex(({ fromMs }) => fromMs > sinceMs);
    const inForce = known.slice(Math.max(0, (firstLater < 0 ? known.length : firstLater) - 1));
    if (inForce.some(({ spendable }) => spendable === null)) return null;
    return inForce.reduce((most, { spendable }) => (spendable! > most ? spendable! : most), 0n);
  }

  private noteLimits(): void {
    for (const { wallet } of this.world.walletTables.wallets.all()) {
      const known = this.limits.get(wallet.id) ?? [];
      this.limits.set(wallet.id, known);
      const spendable = spendableMax(wallet);
      if (known.length > 0 && known.at(-1)!.spendable === spendable) continue;
      known.push({ spendable, fromMs: this.world.scheduler.nowMs });
    }
  }

  /** Whenever more is held than before, all of it must lie within the limit. */
  private checkLimits(): void {
    for (const row of this.world.walletTables.periods.all()) {
      const key = periodRefKey(row);
      const before = this.heldBefore.get(key) ?? 0n;
      this.heldBefore.set(key, row.held);
      if (row.held <= before) continue;
      const spendable = this.spendableSince(row.walletId, this.world.scheduler.nowMs - LIMIT_READ_MS);
      if (spendable === null || row.posted + row.held <= spendable) continue;
      const detail = `${row.walletId} in ${row.periodKey}: posted ${row.posted} and held ${row.held} of ${spendable}`;
      this.violate('held money lies within the limit', detail);
    }
  }

  /** What a gateway may still give out, and what its calls have reserved, is held for it in the ledger. */
  private checkSecured({ pool, life }: GatewayProcess): void {
    const nowMs = life.clock.nowMs();
    for (const lease of [...pool['leases'].values()].flat()) {
      const { leaseId, free, reserved, expiresAtMs, periodEndsAtMs } = lease;
      const row = this.world.walletTables.leases.get(leaseId);
      const given = free + reserved;
      if (!row) this.violate('money given out is held', `the ledger does not know ${leaseId}`);
      else if (isHolding(row)) {
        if (given <= remainingOf(row)) continue;
        const detail = `${life.name} may give out ${free} and has reserved ${reserved} of ${leaseId}, which holds ${remainingOf(row)}`;
        this.violate('money given out is held', detail);
      } else {
        const isOver = nowMs >= expiresAtMs - EXPIRY_MARGIN_MS || (periodEndsAtMs !== null && nowMs >= periodEndsAtMs);
        if (reserved === 0n && (isOver || free <= 0n)) continue;
        const detail = `${life.name} has ${free} free and ${reserved} reserved of ${leaseId}, which is ${row.state}`;
        this.violate('money given out is held', detail);
      }
    }
  }

  private noteAvailable(): void {
    if (this.asks.size === 0) return;
    for (const { wallet } of this.world.walletTables.wallets.all()) {
      const available = this.availableOf(wallet);
      if (available === null) continue;
      for (const { leastAvailable } of this.asks) {
        const least = leastAvailable.get(wallet.id);
        if (least === undefined || available < least) leastAvailable.set(wallet.id, available);
      }
    }
  }

  /** By the clocks of all replicas: they may differ on which period it is. */
  private availableOf(wallet: Wallet): bigint | null {
    const spendable = spendableMax(wallet);
    if (spendable === null) return null;
    let least: bigint | null = null;
    for (const skewMs of this.world.plan.walletSkewsMs) {
      const { key: periodKey } = this.periods.at(wallet, this.world.scheduler.nowMs + skewMs);
      const row = this.world.walletTables.periods.get(periodRefKey({ walletId: wallet.id, periodKey }));
      const available = spendable - (row?.posted ?? 0n) - (row?.held ?? 0n);
      if (least === null || available < least) least = available;
    }
    return least;
  }
}
