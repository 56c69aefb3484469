import type { CallOf, Principal, saveResponseV1, StoredResponse } from '@ao/contracts';

/** The agents service, as far as stored responses go. */
export interface ResponseStore {
  /** @throws AppError `capacity_exceeded`; `backend_unavailable` when the store is away. */
  save(principal: Principal, response: CallOf<typeof saveResponseV1>['response']): Promise<void>;
  /** Null for one that is not there, or not the caller's. @throws AppError `backend_unavailable`. */
  find(principal: Principal, responseId: string): Promise<StoredResponse | null>;
}
