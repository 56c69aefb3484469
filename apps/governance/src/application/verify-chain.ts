import { GENESIS_HASH, firstBreak, type ChainEnd } from '../domain/audit-chain.js';
import type { AuditRepository } from './ports.js';

export interface Verification {
  intact: boolean;
  entries: number;
  firstBadSequence: number | null;
}

const BATCH_SIZE = 1_000;

/** Recomputes an organisation's chain from its first entry, in batches: memory stays flat. */
export class VerifyChain {
  constructor(private readonly entries: AuditRepository) {}

  async execute(orgId: string): Promise<Verification> {
    let end: ChainEnd = { sequence: 0, hash: GENESIS_HASH };
    for (;;) {
      const batch = await this.entries.readAfter(orgId, end.sequence, BATCH_SIZE);
      const broken = firstBreak(end, batch);
      if (broken !== null) return { intact: false, entries: broken - 1, firstBadSequence: broken };
      const last = batch.at(-1);
      if (!last || batch.length < BATCH_SIZE) {
        return { intact: true, entries: last?.sequence ?? end.sequence, firstBadSequence: null };
      }
      end = { sequence: last.sequence, hash: last.hash };
    }
  }
}
