import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '@ao/kernel';

/** Whose idempotency key: the same text sent with another API key is another key. */
export interface IdempotencyScope {
  orgId: string;
  /** The API key that asks. */
  actorId: string;
  key: string;
}

/** One run of a request under its idempotency key. */
export interface IdempotencyClaim extends IdempotencyScope {
  /** Unique to the run. */
  holder: string;
}

/** A transaction of a Prisma client. */
interface RawTransaction {
  $executeRawUnsafe(statement: string, ...values: unknown[]): Promise<number>;
}

const running = new AsyncLocalStorage<IdempotencyClaim>();

/** Runs a request so that `confirmClaim`, however deep below, knows for which claim it runs. */
export const runUnderClaim = <T>(claim: IdempotencyClaim, work: () => Promise<T>): Promise<T> =>
  running.run(claim, work);

const CONFIRM = `
UPDATE idempotency SET changed = true WHERE org_id = $1 AND actor_id = $2 AND key = $3 AND holder = $4`;

/**
 * To be called in every transaction that changes what a service owns. When the request came with an idempotency key,
 * the key's row then says, in the same commit, that the request has been carried out; without a key it does nothing.
 *
 * @throws AppError `conflict` when a later run has taken the key over: this transaction came too late and must not commit
 */
export async function confirmClaim(transaction: RawTransaction): Promise<void> {
  const claim = running.getStore();
  if (!claim) return;
  const { orgId, actorId, key, holder } = claim;
  if ((await transaction.$executeRawUnsafe(CONFIRM, orgId, actorId, key, holder)) === 1) return;
  throw new AppError('conflict', 'The request took too long and was started anew under its Idempotency-Key.', {
    param: 'idempotency-key',
  });
}
