import { budgetScope, walletKind, walletOwnerType, walletPeriod, type BudgetScope } from '@ao/contracts';
import { nanoUsd, type NanoUsd } from '@ao/kernel';
import type { PeriodBalance } from '../../domain/balance.js';
import type { Credit } from '../../domain/credit.js';
import type { Lease, LeaseState } from '../../domain/lease.js';
import type { Wallet } from '../../domain/wallet.js';
import type { WalletModel } from './generated/models.js';

/** PostgreSQL's BIGINT as `pg` gives it (text) or as Prisma does (bigint). */
type BigIntColumn = string | bigint;

export const amount = (value: BigIntColumn): NanoUsd => nanoUsd(BigInt(value));
const amountOrNull = (value: BigIntColumn | null): NanoUsd | null => (value === null ? null : amount(value));

/** A wallet row. @throws when a column holds a word that we do not know: better no answer than a wrong one. */
export function toWallet(row: WalletModel): Wallet {
  const {
    spendLimit,
    createdAt,
    ownerType,
    period,
    kind,
    autoTopUpBelow,
    autoTopUpAmount,
    idempotencyKey: _key,
    idempotencyFingerprint: _print,
    scope,
    templateId,
    templateValues,
    followsTemplate: _follows,
    ...rest
  } = row;
  return {
    ...rest,
    scope: scope === null ? null : budgetScope.parse(scope),
    template: templateId === null ? null : { walletId: templateId, values: templateValues },
    ownerType: walletOwnerType.parse(ownerType),
    period: walletPeriod.parse(period),
    kind: walletKind.parse(kind),
    limit: amountOrNull(spendLimit),
    autoTopUp:
      autoTopUpBelow === null || autoTopUpAmount === null
        ? null
        : { below: amount(autoTopUpBelow), amount: amount(autoTopUpAmount) },
    createdAtMs: createdAt.getTime(),
  };
}

type WalletRow = Omit<WalletModel, `idempotency${string}` | 'scope' | 'followsTemplate'> & { scope?: BudgetScope };

export function toWalletRow(wallet: Wallet): WalletRow {
  const { limit, createdAtMs, scope, template, autoTopUp, ...rest } = wallet;
  return {
    ...rest,
    spendLimit: limit,
    autoTopUpBelow: autoTopUp?.below ?? null,
    autoTopUpAmount: autoTopUp?.amount ?? null,
    createdAt: new Date(createdAtMs),
    ...(scope && { scope }),
    templateId: template?.walletId ?? null,
    templateValues: template?.values ?? [],
  };
}

export interface BalanceRow {
  wallet_id: string;
  period_key: string;
  posted: string;
  held: string;
  spendable_max: string | null;
  credited: string;
  refunded: string;
  drawn: string;
  next_expiry_at: Date | null;
  top_up_requested_at: Date | null;
}

export const toBalance = (row: BalanceRow): PeriodBalance => ({
  walletId: row.wallet_id,
  periodKey: row.period_key,
  posted: amount(row.posted),
  held: amount(row.held),
  spendableMax: amountOrNull(row.spendable_max),
  credit: {
    credited: amount(row.credited),
    refunded: amount(row.refunded),
    drawn: amount(row.drawn),
    nextExpiryAtMs: row.next_expiry_at?.getTime() ?? null,
    topUpRequestedAtMs: row.top_up_requested_at?.getTime() ?? null,
  },
});

export interface CreditRow {
  id: string;
  org_id: string;
  wallet_id: string;
  period_key: string;
  expires_at: Date;
  remaining: string;
  expired: string;
}

export const toCredit = (row: CreditRow): Credit => ({
  id: row.id,
  orgId: row.org_id,
  walletId: row.wallet_id,
  periodKey: row.period_key,
  expiresAtMs: row.expires_at.getTime(),
  remaining: amount(row.remaining),
  expired: amount(row.expired),
});

export interface LeaseRow {
  id: string;
  acquisition_id: string;
  gateway_id: string;
  wallet_id: string;
  period_key: string;
  granted: string;
  used: string;
  returned: string;
  return_sequence: number;
  state: LeaseState;
  expires_at: Date;
}

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  acquisitionId: row.acquisition_id,
  gatewayId: row.gateway_id,
  walletId: row.wallet_id,
  periodKey: row.period_key,
  granted: amount(row.granted),
  used: amount(row.used),
  returned: amount(row.returned),
  returnSequence: row.return_sequence,
  state: row.state,
  expiresAtMs: row.expires_at.getTime(),
});

export const toTimestamp = (atMs: number | null): string | null =>
  atMs === null ? null : new Date(atMs).toISOString();
