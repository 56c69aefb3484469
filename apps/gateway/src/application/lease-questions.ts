import type { acquireLeasesV1, CallOf, ResponseOf } from '@ao/contracts';
import { AppError, ZERO_USD, formatUsd, maxUsd, nanoUsd, type Clock, type IdGenerator, type NanoUsd } from '@ao/kernel';
import type { LeasePool } from '../domain/lease-pool.js';
import { LeaseSizes } from '../domain/lease-size.js';
import type { Payers } from './payers.js';
import type { LeaseBroker } from './ports.js';

type Acquisition = CallOf<typeof acquireLeasesV1>;
type Refusal = Extract<ResponseOf<typeof acquireLeasesV1>, { kind: 'refused' }>;

interface Question {
  /** What the waiting call needs of each payer. */
  amount: NanoUsd;
  skipWalletIds: string[];
  mayRecall: boolean;
}

interface QuestionOptions {
  gatewayId: string;
  clock: Clock;
  ids: IdGenerator;
}

/** Past its lifetime a lease that never arrived has ended by itself. */
const UNANSWERED_KEPT_MS = 60_000;
const UNANSWERED_MAX = 1_000;
const ASKED_AGAIN_AT_ONCE_MAX = 32;

/**
 * Asks the wallet service for leases and puts them into the pool. A question whose answer was lost may have been granted:
 * it is asked again under its id, so that no money lies held for a gateway that does not know of it.
 */
export class LeaseQuestions {
  private readonly sizes = new LeaseSizes();
  private readonly unanswered = new Map<string, { payers: Payers; acquisition: Acquisition; sinceMs: number }>();
  /** By acquisition: two answers to one question would put its leases into the pool twice. */
  private readonly sending = new Map<string, Promise<NanoUsd>>();

  constructor(
    private readonly pool: LeasePool,
    private readonly broker: LeaseBroker,
    private readonly options: QuestionOptions,
  ) {}

  /** @throws AppError `wallet_exhausted`, `budget_exceeded`, `backend_unavailable`. */
  async ask(payers: Payers, { amount, skipWalletIds, mayRecall }: Question): Promise<void> {
    const { gatewayId, ids, clock } = this.options;
    const { orgId, walletId } = payers;
    const amountMin = maxUsd(amount, nanoUsd(1n));
    await this.untilNotAskedAgain(payers);
    const largest = await this.send(payers, {
      acquisitionId: this.unanswered.get(payers.key)?.acquisition.acquisitionId ?? ids.next('acq'),
      gatewayId,
      orgId,
      walletId,
      amountMin,
      amountWanted: this.sizes.next(payers.key, amountMin, clock.nowMs()),
      skipWalletIds,
      budgets: [...payers.budgets],
      mayRecall,
    });
    if (largest > 0n) this.sizes.granted(payers.key, largest, clock.nowMs());
  }

  /** Asks once more what was never answered. Never rejects. */
  async askAgain(): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    const due = [...this.unanswered].slice(0, ASKED_AGAIN_AT_ONCE_MAX);
    await Promise.all(
      due.map(async ([key, { payers, acquisition, sinceMs }]) => {
        if (nowMs - sinceMs > UNANSWERED_KEPT_MS) return void this.unanswered.delete(key);
        // What it brings is given back as idle, unless a call takes it first. No answer: the next round asks again.
        await this.send(payers, { ...acquisition, mayRecall: false }).catch(() => undefined);
      }),
    );
  }

  /** What is being asked again may be another amount, and makes nobody give back: its refusal is not one of this call. */
  private async untilNotAskedAgain({ key }: Payers): Promise<void> {
    const earlier = this.unanswered.get(key)?.acquisition.acquisitionId;
    if (earlier !== undefined) await this.sending.get(earlier)?.catch(() => undefined);
  }

  private send(payers: Payers, acquisition: Acquisition): Promise<NanoUsd> {
    const { acquisitionId } = acquisition;
    const running = this.sending.get(acquisitionId);
    if (running) return running;
    const sent = this.sendOnce(payers, acquisition).finally(() => this.sending.delete(acquisitionId));
    this.sending.set(acquisitionId, sent);
    return sent;
  }

  /** Gives the largest amount granted. */
  private async sendOnce(payers: Payers, acquisition: Acquisition): Promise<NanoUsd> {
    let answer;
    try {
      answer = await this.broker.acquire(acquisition);
    } catch (error) {
      this.remember(payers, acquisition);
      throw error;
    }
    this.unanswered.delete(payers.key);
    if (answer.kind === 'refused') throw refusalOf(answer);
    this.pool.add(payers.key, answer.path, answer.leases, this.options.clock.nowMs());
    return answer.leases.reduce((most, { granted }) => maxUsd(most, granted), ZERO_USD);
  }

  private remember(payers: Payers, acquisition: Acquisition): void {
    if (this.unanswered.has(payers.key) || this.unanswered.size >= UNANSWERED_MAX) return;
    this.unanswered.set(payers.key, { payers, acquisition, sinceMs: this.options.clock.nowMs() });
  }
}

function refusalOf({ reason, walletId, walletName, shortfall, scoped }: Refusal): AppError {
  const name = scoped ? `The budget "${walletName}"` : `The wallet "${walletName}" of this key`;
  if (reason !== 'exhausted') {
    const state = reason === 'inactive' ? 'deactivated' : 'gone';
    return new AppError('wallet_exhausted', `${name} is ${state}.`, { details: { wallet_id: walletId } });
  }
  return new AppError(
    scoped ? 'budget_exceeded' : 'wallet_exhausted',
    `${name} cannot pay for this call: ${formatUsd(shortfall)} USD are missing. ` +
      'Lower max_tokens, wait for the next period, or ask for a larger limit.',
    { details: { wallet_id: walletId, shortfall_usd: formatUsd(shortfall) } },
  );
}
