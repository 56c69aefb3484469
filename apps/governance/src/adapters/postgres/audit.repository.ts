import { performedAction } from '@ao/contracts';
import { prismaAdapter, type Database } from '@ao/database';
import type { AuditFilter, AuditRepository } from '../../application/ports.js';
import { GENESIS_HASH, extendChain, type AuditEntry, type AuditFact } from '../../domain/audit-chain.js';
import { PrismaClient, type Prisma } from './generated/client.js';
import type { AuditEntryModel } from './generated/models.js';

/** Longer than any batch takes: those that wait for a chain's lock are not cut off by it. */
const TRANSACTION_TIMEOUT_MS = 20_000;

export class PostgresAuditRepository implements AuditRepository {
  private readonly prisma: PrismaClient;

  constructor(database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  async append(facts: AuditFact[]): Promise<void> {
    const byOrganisation = Map.groupBy(facts, ({ orgId }) => orgId);
    for (const [orgId, own] of byOrganisation) {
      await this.prisma.$transaction((prisma) => appendToChain(prisma, orgId, own), {
        timeout: TRANSACTION_TIMEOUT_MS,
      });
    }
  }

  async list({ orgId, limit, before, action, actorId, targetId }: AuditFilter): Promise<AuditEntry[]> {
    const rows = await this.prisma.auditEntry.findMany({
      where: {
        orgId,
        ...(before !== undefined && { sequence: { lt: BigInt(before) } }),
        ...(action !== undefined && { action }),
        ...(actorId !== undefined && { actorId }),
        ...(targetId !== undefined && { targetId }),
      },
      orderBy: { sequence: 'desc' },
      take: limit,
    });
    return rows.map(toEntry);
  }

  async readAfter(orgId: string, sequence: number, limit: number): Promise<AuditEntry[]> {
    const where = { orgId, sequence: { gt: BigInt(sequence) } };
    return (await this.prisma.auditEntry.findMany({ where, orderBy: { sequence: 'asc' }, take: limit })).map(toEntry);
  }
}

/** One writer at a time per chain, over all replicas: else two could hang entries onto the same end. */
async function appendToChain(prisma: Prisma.TransactionClient, orgId: string, facts: AuditFact[]): Promise<void> {
  await prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('audit:' || ${orgId}, 0))`;
  const known = await prisma.auditEntry.findMany({
    where: { eventId: { in: facts.map(({ eventId }) => eventId) } },
    select: { eventId: true },
  });
  const seen = new Set(known.map(({ eventId }) => eventId));
  const fresh = facts.filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
  const last = await prisma.auditEntry.findFirst({ where: { orgId }, orderBy: { sequence: 'desc' } });
  const end = last ? { sequence: Number(last.sequence), hash: last.hash } : { sequence: 0, hash: GENESIS_HASH };
  await prisma.auditEntry.createMany({ data: extendChain(end, fresh).map(toRow) });
}

function toRow({ sequence, occurredAt, ...entry }: AuditEntry): Prisma.AuditEntryCreateManyInput {
  return { ...entry, sequence: BigInt(sequence), occurredAt: new Date(occurredAt) };
}

function toEntry({ sequence, occurredAt, outcome, metadata, ...row }: AuditEntryModel): AuditEntry {
  return {
    ...row,
    sequence: Number(sequence),
    occurredAt: occurredAt.toISOString(),
    outcome: performedAction.shape.outcome.parse(outcome),
    metadata: performedAction.shape.metadata.parse(metadata),
  };
}
