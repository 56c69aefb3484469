import type { EncodedEvent } from '@ao/bus';
import { callPriority, modelLimits as modelLimitsContract } from '@ao/contracts';
import type { KeyRepository, PageOf } from '../../application/ports.js';
import type { ApiKey } from '../../domain/api-key.js';
import type { Prisma } from './generated/client.js';
import type { ApiKeyModel } from './generated/models.js';
import { toRole } from './rows.js';
import { unlessTaken, type IdentityStore } from './store.js';

export class PostgresKeyRepository implements KeyRepository {
  constructor(private readonly store: IdentityStore) {}

  insert(key: ApiKey, events: EncodedEvent[]): Promise<void> {
    return this.store.write(events, async (prisma) => void (await prisma.apiKey.create({ data: toRow(key) })));
  }

  insertUnlessKnown(key: ApiKey, events: EncodedEvent[]): Promise<boolean> {
    return unlessTaken(this.insert(key, events));
  }

  async findByHash(hash: string): Promise<ApiKey | null> {
    const row = await this.store.prisma.apiKey.findUnique({ where: { hash } });
    return row && toKey(row);
  }

  async find(orgId: string, keyId: string): Promise<ApiKey | null> {
    const row = await this.store.prisma.apiKey.findFirst({ where: { orgId, id: keyId } });
    return row && toKey(row);
  }

  async list(orgId: string, { limit, after }: PageOf): Promise<ApiKey[]> {
    const where = after === undefined ? { orgId } : { orgId, id: { lt: after } };
    const rows = await this.store.prisma.apiKey.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toKey);
  }

  countUsable(orgId: string): Promise<number> {
    return this.store.prisma.apiKey.count({ where: { orgId, revokedAt: null } });
  }

  revoke(keyId: string, revokedAtMs: number, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const data = { revokedAt: new Date(revokedAtMs) };
      const { count } = await prisma.apiKey.updateMany({ where: { id: keyId, revokedAt: null }, data });
      return count === 1;
    });
  }
}

/** Prisma writes JSON that it would not promise to read. */
type ApiKeyRow = Omit<ApiKeyModel, 'modelLimits'> & { modelLimits: Prisma.InputJsonArray };

export function toRow({
  models,
  modelLimits,
  attribution,
  expiresAtMs,
  revokedAtMs,
  createdAtMs,
  ...key
}: ApiKey): ApiKeyRow {
  const { allowedTags, boundTags, allowedEndUsers, boundEndUser } = attribution;
  return {
    ...key,
    models: models ?? [],
    modelLimits: modelLimits.map((limit) => ({ ...limit })),
    allModels: models === null,
    allowedTags: allowedTags ?? [],
    anyTag: allowedTags === null,
    boundTags,
    allowedEndUsers: allowedEndUsers ?? [],
    anyEndUser: allowedEndUsers === null,
    boundEndUser,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
    revokedAt: revokedAtMs === null ? null : new Date(revokedAtMs),
    createdAt: new Date(createdAtMs),
  };
}

function toKey(stored: ApiKeyModel): ApiKey {
  const { models, allModels, modelLimits, priority, expiresAt, revokedAt, createdAt, role, ...others } = stored;
  const { allowedTags, anyTag, boundTags, allowedEndUsers, anyEndUser, boundEndUser, ...row } = others;
  return {
    ...row,
    role: toRole(role),
    models: allModels ? null : models,
    modelLimits: modelLimitsContract.parse(modelLimits),
    priority: callPriority.parse(priority),
    attribution: {
      allowedTags: anyTag ? null : allowedTags,
      boundTags,
      allowedEndUsers: anyEndUser ? null : allowedEndUsers,
      boundEndUser,
    },
    expiresAtMs: expiresAt?.getTime() ?? null,
    revokedAtMs: revokedAt?.getTime() ?? null,
    createdAtMs: createdAt.getTime(),
  };
}
