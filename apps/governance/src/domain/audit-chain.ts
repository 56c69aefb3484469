import { sha256Hex } from '@ao/kernel';

/** What stands before the first entry of a chain. */
export const GENESIS_HASH = '0'.repeat(64);

/** Something that was done, as its service reported it. */
export interface AuditFact {
  eventId: string;
  orgId: string;
  actorId: string;
  action: string;
  targetId: string;
  outcome: 'success' | 'denied' | 'failure';
  /** RFC 3339. */
  occurredAt: string;
  metadata: Record<string, string>;
}

/** A link of the chain: a fact in its place. */
export interface AuditEntry extends AuditFact {
  sequence: number;
  previousHash: string;
  hash: string;
}

/** The end of a chain: where the next entry is hung on. */
export interface ChainEnd {
  sequence: number;
  hash: string;
}

/** Hangs facts onto a chain, in order. */
export function extendChain(end: ChainEnd, facts: readonly AuditFact[]): AuditEntry[] {
  let { sequence, hash: previousHash } = end;
  return facts.map((fact) => {
    sequence += 1;
    const entry = { ...fact, sequence, previousHash };
    const hash = hashEntry(entry);
    previousHash = hash;
    return { ...entry, hash };
  });
}

/** The sequence of the first entry that does not follow from the one before it; null for an intact run. */
export function firstBreak(before: ChainEnd, entries: readonly AuditEntry[]): number | null {
  let { sequence, hash } = before;
  for (const entry of entries) {
    sequence += 1;
    if (entry.sequence !== sequence || entry.previousHash !== hash || entry.hash !== hashEntry(entry)) return sequence;
    hash = entry.hash;
  }
  return null;
}

/** SHA-256 over every field in one fixed order; JSON keeps fields apart that plain concatenation would blur. */
function hashEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, eventId, orgId, actorId, action, targetId, outcome, occurredAt, metadata, previousHash } = entry;
  const facts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([
    sequence,
    eventId,
    orgId,
    actorId,
    action,
    targetId,
    outcome,
    occurredAt,
    facts,
    previousHash,
  ]);
  return sha256Hex(text);
}
