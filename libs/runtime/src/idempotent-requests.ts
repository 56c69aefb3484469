import { Replay, decodeMessage, encodeMessage, type MessageContext, type RequestInterceptor } from '@ao/bus';
import type { SecretBox } from '@ao/config';
import type { Actor, RpcContract } from '@ao/contracts';
import { runUnderClaim, type IdempotencyClaim, type IdempotencyTable } from '@ao/database';
import { AppError, sleep, type Clock, type IdGenerator, type Logger } from '@ao/kernel';

interface Parts {
  table: IdempotencyTable;
  /** Answers may carry a secret that is shown once. */
  seal: Pick<SecretBox, 'seal' | 'open'>;
  ids: IdGenerator;
  clock: Clock;
  logger: Logger;
}

interface Repeatable {
  contract: RpcContract;
  fingerprint: string;
  claim: IdempotencyClaim;
}

/** The share of a contract's deadline that a repetition may spend waiting for the first run. */
const WAIT_SHARE = 0.75;
const POLL_FIRST_MS = 10;
const POLL_MAX_MS = 100;

/**
 * Carries out each request that has an idempotency key once, and answers its repetitions with the answer of the first.
 * `confirmClaim` notes the change in the transaction of the change; so a run that died is known to have changed
 * nothing, and is run again, or to have changed something, and is refused.
 */
export class IdempotentRequests {
  constructor(private readonly parts: Parts) {}

  /**
   * @throws AppError `conflict` (another request had the key; the first still runs; its answer was lost); whatever the
   *   request itself is refused with, which leaves the key as if never used.
   */
  readonly intercept: RequestInterceptor = async (contract, request, context, handle) => {
    const repeatable = this.identify(contract, request, context);
    if (!repeatable) return handle();
    const reply = await this.claimOrFind(repeatable);
    return reply === null ? this.run(repeatable, handle) : new Replay(this.open(repeatable, reply));
  };

  /** Only what an actor asks has an owner for its key. */
  private identify(contract: RpcContract, request: unknown, { idempotency }: MessageContext): Repeatable | null {
    const { actor } = request as { actor?: Actor };
    if (!idempotency || !actor) return null;
    const { key, fingerprint } = idempotency;
    const holder = this.parts.ids.next('run');
    return { contract, fingerprint, claim: { orgId: actor.orgId, actorId: actor.keyId, key, holder } };
  }

  /** Null once the key is this run's; else the answer of the run that had it, for which it waits. */
  private async claimOrFind({ contract, fingerprint, claim }: Repeatable): Promise<string | null> {
    const { table, clock } = this.parts;
    const endMs = clock.monotonicMs() + contract.deadlineMs * WAIT_SHARE;
    for (let pollMs = POLL_FIRST_MS; ; pollMs = Math.min(pollMs * 2, POLL_MAX_MS)) {
      const found = await table.find(claim);
      if (!found || found.free) {
        if (await table.claim(claim, { subject: contract.subject, fingerprint })) return null;
        continue;
      }
      if (found.fingerprint !== fingerprint) {
        throw refusal('Another request had this Idempotency-Key. Choose a new key for a new request.');
      }
      if (found.reply !== null) return found.reply;
      if (found.abandoned) {
        throw refusal(
          'The first request with this Idempotency-Key was carried out, but its answer was lost. ' +
            'Look at what is there before you send it with a new key.',
        );
      }
      if (clock.monotonicMs() >= endMs) {
        throw refusal('The first request with this Idempotency-Key still runs. Send it again in a moment.', 1);
      }
      await sleep(pollMs);
    }
  }

  private async run(repeatable: Repeatable, handle: () => Promise<unknown>): Promise<unknown> {
    const { table } = this.parts;
    const { claim } = repeatable;
    try {
      const response = await runUnderClaim(claim, handle);
      await this.afterwards(table.save(claim, this.sealed(repeatable, response)), repeatable);
      return response;
    } catch (error) {
      await this.afterwards(table.giveUp(claim), repeatable);
      throw error;
    }
  }

  /** The request itself has ended by now, and that is what its caller must hear. */
  private async afterwards(work: Promise<void>, { contract, claim }: Repeatable): Promise<void> {
    await work.catch((error: unknown) =>
      this.parts.logger.warn(
        { err: error, subject: contract.subject, orgId: claim.orgId },
        'the outcome of a request was not saved under its idempotency key',
      ),
    );
  }

  private sealed({ contract, claim }: Repeatable, response: unknown): string {
    return this.parts.seal.seal(encodeMessage(contract.response, response, contract.subject), contextOf(claim));
  }

  private open({ contract, claim }: Repeatable, reply: string): unknown {
    return decodeMessage(contract.response, this.parts.seal.open(reply, contextOf(claim)), contract.subject);
  }
}

const contextOf = ({ orgId, actorId, key }: IdempotencyClaim): string => JSON.stringify([orgId, actorId, key]);

const refusal = (message: string, retryAfterSeconds?: number): AppError =>
  new AppError('conflict', message, {
    param: 'idempotency-key',
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
