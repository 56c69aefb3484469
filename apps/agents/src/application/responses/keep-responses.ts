import type { Actor, deleteResponseV1, getResponseV1, RequestOf, saveResponseV1, StoredResponse } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import type { ResponseScope, ResponseStore } from './ports.js';

const DAY_MS = 86_400_000;
/** Short enough transactions that saving goes on beside them. */
const SWEEP_ROWS_MAX = 500;

export interface KeepResponsesOptions {
  retentionDays: number;
  organisationBytesMax: number;
  clock: Clock;
}

/** Keeps the answers of `POST /v1/responses` that their callers go on from, until they expire. */
export class KeepResponses {
  constructor(
    private readonly store: ResponseStore,
    private readonly options: KeepResponsesOptions,
  ) {}

  /** @throws AppError `capacity_exceeded` when the organisation keeps as much as it may. */
  async save({ actor, teamId, response }: RequestOf<typeof saveResponseV1>): Promise<{ expiresAtMs: number }> {
    const { clock, retentionDays, organisationBytesMax } = this.options;
    const { orgId, keyId, userId = null } = actor;
    const createdAtMs = clock.nowMs();
    const kept = { ...response, createdAtMs, expiresAtMs: createdAtMs + retentionDays * DAY_MS };
    const expiresAtMs = await this.store.save({ ...kept, orgId, keyId, userId, teamId }, organisationBytesMax);
    if (expiresAtMs !== null) return { expiresAtMs };
    throw new AppError(
      'capacity_exceeded',
      'The organisation stores as many responses as it may. Delete some, or send "store": false.',
    );
  }

  /** @throws AppError `not_found`, also for a response of others: its existence is theirs too. */
  async find({ actor, responseId }: RequestOf<typeof getResponseV1>): Promise<StoredResponse> {
    const response = await this.store.find(scopeOf(actor), responseId, this.options.clock.nowMs());
    if (response) return response;
    throw notFound(responseId);
  }

  /** @throws AppError `not_found` likewise. */
  async delete({ actor, responseId }: RequestOf<typeof deleteResponseV1>): Promise<void> {
    const isGone = await this.store.delete(scopeOf(actor), responseId, this.options.clock.nowMs());
    if (!isGone) throw notFound(responseId);
  }

  /** Removes what has expired, batch by batch. */
  async sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const count = await this.store.sweep(this.options.clock.nowMs(), SWEEP_ROWS_MAX);
      if (count < SWEEP_ROWS_MAX) return;
    }
  }
}

function scopeOf({ orgId, keyId, userId = null, role }: Actor): ResponseScope {
  const isAdmin = role === 'admin' || role === 'owner';
  return { orgId, owner: isAdmin ? null : { keyId, userId } };
}

const notFound = (responseId: string): AppError =>
  new AppError('not_found', `There is no response ${responseId}.`, { param: 'id' });
