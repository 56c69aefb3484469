import type { BudgetScope } from '@ao/contracts';
import { AppError, nanoUsd, type NanoUsd } from '@ao/kernel';
import { isTimeZone, type PeriodKind } from './period.js';

type WalletOwnerType = 'organisation' | 'team' | 'user' | 'key';

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
  /** Per period; null: unlimited. */
  limit: NanoUsd | null;
  period: PeriodKind;
  timeZone: string;
  overdraftPercent: number;
  thresholdsPercent: number[];
  costCenter: string | null;
  active: boolean;
  /** Null: pays for the calls of the keys that name it or a wallet below. Else: for all calls within this scope. */
  scope: BudgetScope | null;
  /** Made of a template, for these values of its `*` dimensions. */
  template: { walletId: string; values: string[] } | null;
  createdAtMs: number;
}

/** Every payer of a call is locked for it. */
export const PATH_LENGTH_MAX = 16;
/** 500 million dollars: with the greatest overdraft, eleven times that, still a BIGINT. */
const LIMIT_MAX = nanoUsd(500_000_000_000_000_000n);

/** What may be spent per period, overdraft included; null: unlimited. */
export function spendableMax(wallet: Pick<Wallet, 'limit' | 'overdraftPercent'>): NanoUsd | null {
  if (wallet.limit === null) return null;
  return nanoUsd((wallet.limit * BigInt(100 + wallet.overdraftPercent)) / 100n);
}

/** @throws AppError `invalid_parameter` naming the field. */
export function requireUsableSettings(settings: { limit?: NanoUsd | null; timeZone?: string }): void {
  const { limit, timeZone } = settings;
  if (limit != null && (limit < 0n || limit > LIMIT_MAX)) {
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

/**
 * A limit above that of a payer further up could never be spent. A wallet without a limit of its own is bound by theirs.
 * @param ancestors Nearest first.
 * @throws AppError `invalid_parameter`
 */
export function requireWithinAncestors(limit: NanoUsd | null, ancestors: readonly Wallet[]): void {
  const nearest = ancestors.find((ancestor) => ancestor.limit !== null);
  if (limit === null || !nearest || limit <= nearest.limit!) return;
  throw new AppError('invalid_parameter', `The limit must not exceed that of the wallet ${nearest.name} above it.`, {
    param: 'limit_usd',
  });
}
