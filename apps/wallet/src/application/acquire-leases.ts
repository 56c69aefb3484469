import type { acquireLeasesV1, PathWallet, RequestOf } from '@ao/contracts';
import { AppError, nanoUsd, type Clock, type IdGenerator } from '@ao/kernel';
import { decideAcquisition, type AcquisitionDecision, type PathStep } from '../domain/acquisition.js';
import { spendableOf } from '../domain/balance.js';
import { Ledger } from '../domain/ledger.js';
import type { Period } from '../domain/period.js';
import type { PeriodBook } from '../domain/period-book.js';
import type { Wallet } from '../domain/wallet.js';
import type { FindPayers, FoundPayers } from './find-payers.js';
import type { AcquisitionAnswer, AnsweredAcquisition, LedgerStore } from './ports.js';
import { saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

type Request = RequestOf<typeof acquireLeasesV1>;
type Answer = AcquisitionAnswer | AppError;

export interface LeaseTerms {
  ttlMs: number;
  /** How long the rest of an expired lease stays held: its gateway may still have records of it to send. */
  graceMs: number;
  /** Of what a wallet has available, what one lease may take beyond the minimum asked for. */
  sharePercentMax: number;
}

/** A request with the wallets that pay for it, in their present periods. */
interface Job {
  request: Request;
  path: (PathStep & { period: Period })[];
}

/**
 * Holds money for gateways. Takes the requests that arrive together: they share one transaction, and so one lock on the
 * wallet that all of an organisation's calls are charged to; each is still decided by itself, in the order given.
 */
export class AcquireLeases {
  constructor(
    private readonly payers: FindPayers,
    private readonly store: LedgerStore,
    private readonly periods: PeriodBook,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly terms: LeaseTerms,
  ) {}

  /** Answers in the order of the requests; an AppError stands for the answer of the request that it is about. */
  async execute(requests: readonly Request[]): Promise<Answer[]> {
    const nowMs = this.clock.nowMs();
    const payers = await this.payers.execute(requests);
    const plans = requests.map((request, index) => this.plan(request, payers[index]!, nowMs));
    const jobs = plans.filter((plan): plan is Job => 'request' in plan);
    const answers = await this.answerAll(jobs, nowMs);
    return plans.map((plan) => ('request' in plan ? answers.get(plan)! : plan));
  }

  private plan(request: Request, { path, scoped }: FoundPayers, nowMs: number): Job | Answer {
    if (request.amountMin < 0n || request.amountWanted < 0n) {
      return new AppError('invalid_parameter', 'An amount to hold cannot be negative.', { param: 'amount_min' });
    }
    if (!path) return notFound(request);
    // A budget that two claims lead to pays once.
    const steps = [...new Set([...path, ...scoped])].map((wallet) => {
      const period = this.periods.at(wallet, nowMs);
      return { wallet, period, periodKey: period.key };
    });
    return { request, path: steps };
  }

  private async answerAll(jobs: readonly Job[], nowMs: number): Promise<Map<Job, Answer>> {
    const steps = jobs.flatMap(limitedSteps);
    // Nothing to hold, nothing to lock: unlimited wallets cost no transaction.
    if (steps.length === 0) return new Map(jobs.map((job) => [job, this.answer(job, new Ledger([]), nowMs)]));
    await this.store.openPeriods(steps, this.events.entriesPosted);
    return this.store.transact(async (transaction) => {
      const periods = steps.map(({ wallet, periodKey }) => ({ walletId: wallet.id, periodKey }));
      const overdueBeforeMs = nowMs - this.terms.graceMs;
      const { ledger, overdueLeaseIds } = await transaction.lock({ periods, overdueBeforeMs, creditsAtMs: nowMs });
      for (const leaseId of overdueLeaseIds) ledger.expire(leaseId);
      ledger.expireCredits(nowMs);
      const known = await transaction.findAcquisitions(jobs.map(({ request }) => request.acquisitionId));
      const earlierIds = new Set(known.keys());
      const answers = new Map(jobs.map((job) => [job, this.answerOnce(job, known, ledger, nowMs)]));
      const fresh = [...known.values()].filter(({ id }) => !earlierIds.has(id));
      await transaction.saveAcquisitions(fresh, nowMs);
      const wallets = new Map(steps.map(({ wallet }) => [wallet.id, wallet]));
      await saveLedger(transaction, ledger, { wallets, events: this.events, nowMs });
      return answers;
    });
  }

  /** @param known The acquisitions granted so far, to which this one is added. */
  private answerOnce(job: Job, known: Map<string, AnsweredAcquisition>, ledger: Ledger, nowMs: number): Answer {
    const { acquisitionId: id, orgId, gatewayId, walletId } = job.request;
    const earlier = known.get(id);
    if (earlier) return repeat(earlier, job.request);
    const answer = this.answer(job, ledger, nowMs);
    // A refusal holds nothing: whoever asks again, perhaps for less, may find money by then.
    if (answer.kind === 'granted') known.set(id, { id, orgId, gatewayId, walletId, answer });
    return answer;
  }

  private answer({ request, path }: Job, ledger: Ledger, nowMs: number): AcquisitionAnswer {
    const { acquisitionId, gatewayId, amountMin, amountWanted, skipWalletIds } = request;
    const wish = { amountMin, amountWanted, skipWalletIds: new Set(skipWalletIds) };
    const decision = decideAcquisition(ledger, path, wish, this.terms.sharePercentMax);
    if (decision.kind === 'refused') return toRefusal(decision);
    const expiresAtMs = nowMs + this.terms.ttlMs;
    const leases = decision.grants.map(({ walletId, periodKey, amount: granted }) => {
      const leaseId = this.ids.next('lse');
      const untouched = { used: nanoUsd(0n), returned: nanoUsd(0n), returnSequence: 0, state: 'open' as const };
      const { period, wallet } = path.find((step) => step.wallet.id === walletId)!;
      const lease = { id: leaseId, acquisitionId, gatewayId, walletId, periodKey, granted, expiresAtMs, ...untouched };
      ledger.hold(lease, spendableOf(wallet, ledger.balance(lease))!);
      return { leaseId, walletId, granted, expiresAtMs, periodEndsAtMs: period.endsAtMs };
    });
    return { kind: 'granted', path: path.map(({ wallet }) => toPathWallet(wallet)), leases };
  }
}

const limitedSteps = ({ path, request }: Job): Job['path'] =>
  path.filter(({ wallet }) => wallet.limit !== null && !request.skipWalletIds.includes(wallet.id));

const toPathWallet = ({ id, name, limit, scope, costCenter }: Wallet): PathWallet => ({
  walletId: id,
  name,
  unlimited: limit === null,
  // A call belongs where its key's wallet does, whatever else limits it.
  costCenter: scope === null ? costCenter : null,
});

const toRefusal = (decision: AcquisitionDecision & { kind: 'refused' }): AcquisitionAnswer => {
  const { reason, wallet, shortfall } = decision;
  return {
    kind: 'refused',
    reason,
    walletId: wallet.id,
    walletName: wallet.name,
    shortfall,
    scoped: wallet.scope !== null,
  };
};

const notFound = ({ walletId }: Request): AcquisitionAnswer => ({
  kind: 'refused',
  reason: 'not_found',
  walletId,
  walletName: '',
  shortfall: nanoUsd(0n),
  scoped: false,
});

/** The first answer again, but to nobody else than who got it. */
function repeat(earlier: AnsweredAcquisition, request: Request): Answer {
  const same = (['orgId', 'gatewayId', 'walletId'] as const).every((field) => earlier[field] === request[field]);
  if (same) return earlier.answer;
  return new AppError('conflict', 'Another request used this acquisition id.', { param: 'acquisition_id' });
}
