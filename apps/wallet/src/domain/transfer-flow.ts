import { AppError, nanoUsd, type NanoUsd } from '@ao/kernel';
import { movableOf } from './balance.js';
import { alongAccount, budgetAccount, transferAccount, transferKey, withinAccount, type Entry } from './entry.js';
import type { Ledger } from './ledger.js';
import type { Transfer } from './transfer.js';
import type { Wallet } from './wallet.js';

/** A wallet and the period in which a transfer touches it. */
export interface FlowStep {
  wallet: Wallet;
  periodKey: string;
}

/**
 * Whether budget can go from one to the other at all, however much there is.
 * @throws AppError `conflict` (deactivated), `invalid_parameter` (the target needs none, or a budget with a scope).
 */
export function requireMovable(from: Wallet, to: Wallet): void {
  const named = [
    { ...from, param: 'from_wallet_id' },
    { ...to, param: 'to_wallet_id' },
  ];
  for (const { id, active, scope, param } of named) {
    if (!active) throw new AppError('conflict', `The wallet ${id} is deactivated.`);
    // It limits calls that other wallets pay for: what left it would be money that nobody had.
    if (scope !== null) {
      const message = `The wallet ${id} is a budget with a scope. Change its limit instead.`;
      throw new AppError('invalid_parameter', message, { param });
    }
  }
  if (to.limit === null) {
    throw new AppError('invalid_parameter', `The wallet ${to.id} has no limit, so a transfer would add nothing.`, {
      param: 'to_wallet_id',
    });
  }
}

/**
 * Money that was paid for is not moved as if it were budget: it may expire, and is refunded to who paid.
 * @throws AppError `conflict` naming the prepaid wallet that would change.
 */
export function requireNoPrepaid({ source, losing, gaining }: TransferFlow): void {
  const prepaid = [source, ...losing, ...gaining].find(({ wallet }) => wallet.kind === 'prepaid');
  if (!prepaid) return;
  throw new AppError('conflict', `The wallet ${prepaid.wallet.id} is prepaid. Top up the other one instead.`);
}

/**
 * Which budgets a transfer changes. Every call is charged to a whole path, so budget that leaves a wallet for another
 * branch leaves all above it up to where the branches meet, and arrives likewise. What both paths share contains the
 * money before and after, and stays as it is: the organisation as a whole never gains or loses.
 */
export interface TransferFlow {
  source: FlowStep;
  /** From the source upwards; empty when the source lies above the target. */
  losing: FlowStep[];
  /** From the target upwards; empty when the target lies above the source. */
  gaining: FlowStep[];
}

/** @param from Path of the source, leaf first. @param to Path of the target, leaf first. */
export function flowBetween(from: readonly FlowStep[], to: readonly FlowStep[]): TransferFlow {
  const without = (path: readonly FlowStep[], other: readonly FlowStep[]): FlowStep[] =>
    path.filter(({ wallet }) => !other.some((step) => step.wallet.id === wallet.id));
  return { source: from[0]!, losing: without(from, to), gaining: without(to, from) };
}

/** All that has to be locked for it. */
export const stepsOf = ({ source, losing, gaining }: TransferFlow): FlowStep[] => [source, ...losing, ...gaining];

export type MoveOutcome = { kind: 'moved' } | { kind: 'short'; wallet: Wallet; shortfall: NanoUsd };

/**
 * Moves the amount on the locked ledger, all of it or nothing. Money that is spent or held cannot move, and neither can
 * the overdraft: it is there for calls under way when the limit is reached.
 */
export function move(ledger: Ledger, transfer: Transfer, flow: TransferFlow): MoveOutcome {
  for (const step of [flow.source, ...flow.losing]) {
    const movable = movableOf(step.wallet, ledger.balance(refOf(step)));
    if (movable !== null && movable < transfer.amount) {
      return { kind: 'short', wallet: step.wallet, shortfall: nanoUsd(transfer.amount - movable) };
    }
  }
  const between = counterAccount(transfer, flow);
  flow.losing.forEach((step, index) => {
    const counter = index === 0 ? between : alongAccount(flow.losing[index - 1]!.wallet.id);
    ledger.move({ ...toEntry(transfer, step), kind: 'transfer_out', debitAccount: own(step), creditAccount: counter });
  });
  flow.gaining.forEach((step, index) => {
    const counter = index === 0 ? between : alongAccount(flow.gaining[index - 1]!.wallet.id);
    ledger.move({ ...toEntry(transfer, step), kind: 'transfer_in', debitAccount: counter, creditAccount: own(step) });
  });
  return { kind: 'moved' };
}

/** What leaves one branch arrives in the other through the account of the transfer, which is even again at its end. */
function counterAccount({ id, fromWalletId, toWalletId }: Transfer, { losing, gaining }: TransferFlow): string {
  if (losing.length === 0) return withinAccount(fromWalletId);
  if (gaining.length === 0) return withinAccount(toWalletId);
  return transferAccount(id);
}

const own = ({ wallet }: FlowStep): string => budgetAccount(wallet.id);
const refOf = ({ wallet, periodKey }: FlowStep): { walletId: string; periodKey: string } => ({
  walletId: wallet.id,
  periodKey,
});

function toEntry({ id, orgId, amount }: Transfer, step: FlowStep): Omit<Entry, 'kind' | `${string}Account`> {
  const ref = refOf(step);
  return { ...ref, idempotencyKey: transferKey(id, ref.walletId), orgId, amount, requestId: null, leaseId: null };
}
