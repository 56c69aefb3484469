import type { Bus } from '@ao/bus';
import {
  getResponseV1,
  saveResponseV1,
  type Actor,
  type CallOf,
  type Principal,
  type StoredResponse,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { ResponseStore } from '../../application/responses/ports.js';

/** Asks the agents service. */
export class ResponsesClient implements ResponseStore {
  constructor(private readonly bus: Bus) {}

  async save(principal: Principal, response: CallOf<typeof saveResponseV1>['response']): Promise<void> {
    await this.bus.request(saveResponseV1, { actor: actorOf(principal), teamId: principal.teamId, response });
  }

  async find(principal: Principal, responseId: string): Promise<StoredResponse | null> {
    try {
      return (await this.bus.request(getResponseV1, { actor: actorOf(principal), responseId })).response;
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return null;
      throw error;
    }
  }
}

const actorOf = ({ orgId, keyId, role, userId, walletId }: Principal): Actor => ({
  orgId,
  keyId,
  role,
  userId,
  walletId,
});
