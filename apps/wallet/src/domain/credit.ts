import { maxUsd, minUsd, nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';

/** What a wallet was given beside its limit: for a prepaid wallet all that it can spend. */
export interface CreditState {
  /** Topped up, less what expired. */
  credited: NanoUsd;
  /** What refunds gave back, and so is not in `posted` any more. */
  refunded: NanoUsd;
  /** How much of all that was ever spent (`posted + refunded`) the credits that expire have been charged with. */
  drawn: NanoUsd;
  /** When the first credit expires that is not used up; null: none will. */
  nextExpiryAtMs: number | null;
  /** Since when a top-up is asked for. */
  topUpRequestedAtMs: number | null;
}

export const NO_CREDIT: CreditState = {
  credited: ZERO_USD,
  refunded: ZERO_USD,
  drawn: ZERO_USD,
  nextExpiryAtMs: null,
  topUpRequestedAtMs: null,
};

/** A top-up that expires and is not used up. Money that never expires needs no such record. */
export interface Credit {
  id: string;
  orgId: string;
  walletId: string;
  periodKey: string;
  expiresAtMs: number;
  /** Neither spent nor taken back. */
  remaining: NanoUsd;
  /** Taken back so far. */
  expired: NanoUsd;
}

/** The order in which credits are spent: what expires first goes first. */
export const bySpendingOrder = (a: Credit, b: Credit): number =>
  a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));

interface Amounts {
  posted: NanoUsd;
  held: NanoUsd;
  credit: CreditState;
}

/**
 * Charges the credits with what was spent since they were charged last. Between two charges nothing changes their order,
 * so it does not matter how often this is done; it must be done before a credit is added.
 *
 * @param credits In the order of spending; changed.
 */
export function drawSpending({ posted, credit }: Amounts, credits: readonly Credit[]): CreditState {
  const spent = nanoUsd(posted + credit.refunded);
  take(credits, nanoUsd(spent - credit.drawn));
  // A credit that came to a wallet in debt paid the debt first.
  const owned = maxUsd(ZERO_USD, nanoUsd(credit.credited - posted));
  take(credits, maxUsd(ZERO_USD, nanoUsd(remainingOf(credits) - owned)));
  return { ...credit, drawn: spent };
}

/**
 * What is to be taken back of the credits that have expired: all that was neither spent nor is held. What leases hold
 * counts as held in the order of spending; as much of an expired credit stays until the leases have spent it or given it
 * back. So this never takes what the wallet does not have.
 *
 * @param credits In the order of spending, charged with all spending; changed.
 */
export function takeExpired(held: NanoUsd, credits: readonly Credit[], nowMs: number): [Credit, NanoUsd][] {
  let rest = held;
  return credits
    .filter(({ expiresAtMs }) => expiresAtMs <= nowMs)
    .flatMap((credit): [Credit, NanoUsd][] => {
      const kept = minUsd(credit.remaining, rest);
      rest = nanoUsd(rest - kept);
      const amount = nanoUsd(credit.remaining - kept);
      if (amount === 0n) return [];
      credit.remaining = kept;
      credit.expired = nanoUsd(credit.expired + amount);
      return [[credit, amount]];
    });
}

/** When the first of them expires, or has expired and is still held by leases. */
export const nextExpiryOf = (credits: readonly Credit[]): number | null =>
  credits.find(({ remaining }) => remaining > 0n)?.expiresAtMs ?? null;

function take(credits: readonly Credit[], amount: NanoUsd): void {
  let rest = amount;
  for (const credit of credits) {
    const part = minUsd(credit.remaining, rest);
    credit.remaining = nanoUsd(credit.remaining - part);
    rest = nanoUsd(rest - part);
  }
}

const remainingOf = (credits: readonly Credit[]): NanoUsd =>
  nanoUsd(credits.reduce((sum, { remaining }) => sum + remaining, 0n));
