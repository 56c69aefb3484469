import type { EncodedEvent } from '@ao/bus';
import { limitScope } from '@ao/contracts';
import type { LimitRepository, PageOf } from '../../application/ports.js';
import type { Limit } from '../../domain/limit.js';
import type { LimitRuleModel } from './generated/models.js';
import { unlessTaken, type IdentityStore } from './store.js';

export class PostgresLimitRepository implements LimitRepository {
  constructor(private readonly store: IdentityStore) {}

  insert(limit: Limit, events: EncodedEvent[]): Promise<boolean> {
    const data = toRow(limit);
    return unlessTaken(this.store.write(events, async (prisma) => void (await prisma.limitRule.create({ data }))));
  }

  async update(limit: Limit, events: EncodedEvent[]): Promise<void> {
    const data = toRow(limit);
    await this.store.write(events, (prisma) => prisma.limitRule.updateMany({ where: { id: limit.id }, data }));
  }

  async delete({ id }: Limit, events: EncodedEvent[]): Promise<void> {
    await this.store.write(events, (prisma) => prisma.limitRule.deleteMany({ where: { id } }));
  }

  async find(orgId: string, id: string): Promise<Limit | null> {
    const row = await this.store.prisma.limitRule.findFirst({ where: { orgId, id } });
    return row && toLimit(row);
  }

  async list(orgId: string, { limit, after }: PageOf): Promise<Limit[]> {
    const where = after === undefined ? { orgId } : { orgId, id: { lt: after } };
    const rows = await this.store.prisma.limitRule.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toLimit);
  }

  async listAll(): Promise<Limit[]> {
    const rows = await this.store.prisma.limitRule.findMany({ orderBy: { id: 'asc' } });
    return rows.map(toLimit);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.limitRule.count({ where: { orgId } });
  }
}

function toRow({ scope, model, createdAtMs, ...limit }: Limit): LimitRuleModel {
  return {
    id: limit.id,
    orgId: limit.orgId,
    scopeKind: scope.kind,
    scopeId: scope.id ?? '',
    model: model ?? '',
    requestsPerMinuteMax: toBigInt(limit.requestsPerMinuteMax),
    tokensPerMinuteMax: toBigInt(limit.tokensPerMinuteMax),
    concurrencyMax: toBigInt(limit.concurrencyMax),
    createdAt: new Date(createdAtMs),
  };
}

function toLimit(row: LimitRuleModel): Limit {
  return {
    id: row.id,
    orgId: row.orgId,
    scope: limitScope.parse({ kind: row.scopeKind, id: row.scopeId === '' ? null : row.scopeId }),
    model: row.model === '' ? null : row.model,
    requestsPerMinuteMax: toNumber(row.requestsPerMinuteMax),
    tokensPerMinuteMax: toNumber(row.tokensPerMinuteMax),
    concurrencyMax: toNumber(row.concurrencyMax),
    createdAtMs: row.createdAt.getTime(),
  };
}

const toBigInt = (value: number | null): bigint | null => (value === null ? null : BigInt(value));
const toNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));
