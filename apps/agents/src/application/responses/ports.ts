import type { StoredResponse } from '@ao/contracts';

/** Whose responses are looked at: an organisation's, and unless an admin looks, those of a key and its user. */
export interface ResponseScope {
  orgId: string;
  /** Null: all of the organisation. */
  owner: { keyId: string; userId: string | null } | null;
}

export interface NewResponse extends StoredResponse {
  orgId: string;
  keyId: string;
  teamId: string | null;
  userId: string | null;
}

export interface ResponseStore {
  /**
   * Keeps a response; one that is kept already stays as it is.
   * @returns when it expires; null when the organisation has no room for it.
   */
  save(response: NewResponse, organisationBytesMax: number): Promise<number | null>;
  /** Null for one that is not there, expired, or of others. */
  find(scope: ResponseScope, id: string, nowMs: number): Promise<StoredResponse | null>;
  /** False for one that is not there, expired, or of others. */
  delete(scope: ResponseScope, id: string, nowMs: number): Promise<boolean>;
  /** Removes up to `limit` that have expired. @returns how many. */
  sweep(nowMs: number, limit: number): Promise<number>;
}
