import type { AuditEntry, AuditFact } from '../domain/audit-chain.js';

export interface AuditFilter {
  orgId: string;
  limit: number;
  /** The sequence before which to go on: newest first. */
  before: number | undefined;
  action?: string | undefined;
  actorId?: string | undefined;
  targetId?: string | undefined;
}

/** Where Nest finds the repository: an interface leaves no trace at run time. */
export const AUDIT_REPOSITORY = Symbol('AuditRepository');

export interface AuditRepository {
  /** Hangs facts onto their organisations' chains, each once: a fact whose event is there already is passed over. */
  append(facts: AuditFact[]): Promise<void>;
  list(filter: AuditFilter): Promise<AuditEntry[]>;
  /** At most `limit` entries after a sequence, oldest first. */
  readAfter(orgId: string, sequence: number, limit: number): Promise<AuditEntry[]>;
}
