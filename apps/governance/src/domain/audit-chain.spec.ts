import { GENESIS_HASH, extendChain, firstBreak, type AuditFact } from './audit-chain.js';

const start = { sequence: 0, hash: GENESIS_HASH };
const fact = (eventId: string, metadata: Record<string, string> = {}): AuditFact => ({
  eventId,
  orgId: 'org_1',
  actorId: 'key_1',
  action: 'key.create',
  targetId: 'key_2',
  outcome: 'success',
  occurredAt: '2026-01-01T00:00:00.000Z',
  metadata,
});
const chain = extendChain(start, [fact('e1'), fact('e2', { a: '1', b: '2' }), fact('e3')]);

describe('the audit chain', () => {
  it('[AU-001] links each entry to the one before it', () => {
    expect(chain.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(chain[1]!.previousHash).toBe(chain[0]!.hash);
    expect(firstBreak(start, chain)).toBeNull();
  });

  it('does not depend on the order in which metadata comes back', () => {
    expect(firstBreak(start, [chain[0]!, { ...chain[1]!, metadata: { b: '2', a: '1' } }, chain[2]!])).toBeNull();
  });

  it.each([
    ['a changed field', 2, () => [chain[0]!, { ...chain[1]!, actorId: 'key_9' }, chain[2]!]],
    ['changed metadata', 2, () => [chain[0]!, { ...chain[1]!, metadata: { a: '1' } }, chain[2]!]],
    ['a missing entry', 2, () => [chain[0]!, chain[2]!]],
    ['swapped entries', 1, () => [chain[1]!, chain[0]!, chain[2]!]],
    ['a rewritten hash', 3, () => [chain[0]!, chain[1]!, { ...chain[2]!, hash: 'f'.repeat(64) }]],
  ])('[AU-003] finds %s', (_what, sequence, tampered) => expect(firstBreak(start, tampered())).toBe(sequence));
});
