import { AppError, nanoUsd, type NanoUsd } from '@ao/kernel';
import { isTimeZone, type PeriodKind } from './period.js';

type WalletOwnerType = 'organisation' | 'team' | 'user' | 'key';

/** When to ask for money, and for how much. */
interface AutoTopUp {
  below: NanoUsd;
  amount: NanoUsd;
}

/** Conditions on calls, by dimension (team, model, …); `*` stands for each value. */
type BudgetScope = Readonly<Record<string, string>>;

/** Who may spend how much in which stretch of time. */
export interface Wallet {
  id: string;
  orgId: string;
  name: string;
  parentId: string | null;
  /** Itself, its parent, … up to the root: all of them pay. Never changes. */
  path: string[];
  ownerType: WalletOwnerType;
  ownerId: string;
  /** A prepaid wallet spends what it was given before: its limit is 0, and its credits never renew themselves. */
  kind: 'budget' | 'prepaid';
  /** Per period; null: unlimited. */
  limit: NanoUsd | null;
  period: PeriodKind;
  timeZone: string;
  overdraftPercent: number;
  thresholdsPercent: number[];
  costCenter: string | null;
  active: boolean;
  /** Of a prepaid wallet; null: nobody is asked. */
  autoTopUp: AutoTopUp | null;
  /** Null: pays for the calls of the keys that name it or a wallet below. Else: for all calls within this scope. */
  scope: BudgetScope | null;
  /** Made of a template, for these values of its `*` dimensions. */
  template: { walletId: string; values: string[] } | null;
  createdAtMs: number;
}

/** Every payer of a call is locked for it. */
export const PATH_LENGTH_MAX = 16;
/** 500 million dollars: with the greatest overdraft, eleven times that, still a BIGINT. */
export const AMOUNT_MAX = nanoUsd(500_000_000_000_000_000n);

/** What may be spent per period, overdraft included; null: unlimited. */
export function spendableMax(wallet: Pick<Wallet, 'limit' | 'overdraftPercent'>): NanoUsd | null {
  if (wallet.limit === null) return null;
  return nanoUsd((wallet.limit * BigInt(100 + wallet.overdraftPercent)) / 100n);
}

/** @throws AppError `invalid_parameter` naming the field. */
export function requireUsableSettings(settings: { limit?: NanoUsd | null; timeZone?: string }): void {
  const { limit, timeZone } = settings;
  if (limit != null && (limit < 0n || limit > AMOUNT_MAX)) {
    throw new AppError('invalid_parameter', 'The limit must lie between 0 and 500000000 dollars.', {
      param: 'limit_usd',
    });
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new AppError('invalid_parameter', 'The time zone must be an IANA name such as Europe/Berlin or UTC.', {
      param: 'time_zone',
    });
  }
}

interface KindSettings {
  kind: Wallet['kind'];
  limit?: NanoUsd | null | undefined;
  period?: PeriodKind;
  overdraftPercent?: number | undefined;
  autoTopUp?: AutoTopUp | null | undefined;
  scope?: BudgetScope | null;
}

/** @throws AppError `invalid_parameter` for what wallets of this kind do not have. */
export function requireFittingSettings(settings: KindSettings): void {
  const { kind, limit, period, overdraftPercent, autoTopUp, scope } = settings;
  const refuse = (param: string, message: string): never => {
    throw new AppError('invalid_parameter', message, { param });
  };
  if (kind === 'budget') {
    if (autoTopUp) refuse('auto_top_up', 'Only a prepaid wallet can be topped up.');
    return;
  }
  if (scope) refuse('scope', 'A prepaid wallet pays for its keys: leave scope out.');
  if (limit != null) refuse('limit_usd', 'A prepaid wallet has no limit but its credits: top it up instead.');
  if (period && period !== 'none') refuse('period', 'A prepaid wallet has no periods: leave period out.');
  if (overdraftPercent) refuse('overdraft_percent', 'A prepaid wallet has no overdraft: leave it out.');
  if (autoTopUp && (autoTopUp.below < 0n || autoTopUp.amount <= 0n || autoTopUp.amount > AMOUNT_MAX)) {
    refuse('auto_top_up', 'An automatic top-up needs an amount of at most 500000000 dollars, and a mark not below 0.');
  }
}

/**
 * A limit above that of a payer further up could never be spent. A wallet without a limit of its own is bound by theirs.
 * @param ancestors Nearest first.
 * @throws AppError `invalid_parameter`
 */
export function requireWithinAncestors(limit: NanoUsd | null, ancestors: readonly Wallet[]): void {
  const nearest = ancestors.find(({ kind, limit: above }) => kind === 'budget' && above !== null);
  if (limit === null || !nearest || limit <= nearest.limit!) return;
  throw new AppError('invalid_parameter', `The limit must not exceed that of the wallet ${nearest.name} above it.`, {
    param: 'limit_usd',
  });
}
