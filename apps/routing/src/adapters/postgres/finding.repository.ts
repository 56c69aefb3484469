import type { EncodedEvent } from '@ao/bus';
import type {
  ClaimOptions,
  Consequences,
  FindingRepository,
  HealthDecision,
  KeyState,
  ModelChange,
  PageOf,
  SeenModel,
} from '../../application/ports.js';
import type { Health } from '../../domain/health.js';
import { claimDue } from './claim-due.js';
import type { Prisma } from './generated/client.js';
import type { ProviderWatchModel } from './generated/models.js';
import { replaceModels } from './replace-models.js';
import { toHealth, toKeyState } from './rows.js';
import type { RoutingStore } from './store.js';

export class PostgresFindingRepository implements FindingRepository {
  constructor(private readonly store: RoutingStore) {}

  claim(options: ClaimOptions): Promise<string[]> {
    return claimDue(this.store.prisma, options);
  }

  async healthOf(providerIds: string[]): Promise<Map<string, Health>> {
    const rows = await this.store.prisma.providerWatch.findMany({ where: { providerId: { in: providerIds } } });
    return new Map(rows.map((row) => [row.providerId, toHealth(row)]));
  }

  async recordHealth(providerId: string, decide: (before: Health) => HealthDecision): Promise<HealthDecision | null> {
    const { decision } = await this.store.record(async (prisma) => {
      const row = await lock(prisma, providerId);
      if (row === null) return { ...NOTHING, decision: null };
      const decided = decide(toHealth(row));
      const { after, dueAtMs, events, tableChanged } = decided;
      const data = {
        healthy: after.healthy,
        healthStreak: after.streak,
        healthReason: after.reason,
        healthLatencyMs: after.latencyMs,
        healthCheckedAt: dateOf(after.checkedAtMs),
        ...(dueAtMs === null ? {} : { healthDueAt: new Date(dueAtMs) }),
      };
      await prisma.providerWatch.update({ where: { providerId }, data });
      return { events, tableChanged, decision: decided };
    });
    return decision;
  }

  async keyStateOf(providerId: string): Promise<KeyState> {
    const row = await this.store.prisma.providerWatch.findUnique({ where: { providerId } });
    return row === null ? { copy: null, failure: null } : toKeyState(row);
  }

  recordKey<D extends Consequences & { after: KeyState }>(
    providerId: string,
    decide: (before: KeyState) => D,
  ): Promise<D> {
    return this.store.record(async (prisma) => {
      await ensure(prisma, providerId);
      const row = await lock(prisma, providerId);
      const decided = decide(toKeyState(row!));
      const { after } = decided;
      const data = {
        sealedKey: after.copy?.sealed ?? null,
        keyReference: after.copy?.reference ?? null,
        keyFailure: after.failure,
      };
      await prisma.providerWatch.update({ where: { providerId }, data });
      return decided;
    });
  }

  async recordModels(
    providerId: string,
    listed: string[],
    nowMs: number,
    tell: (change: ModelChange) => EncodedEvent[],
  ): Promise<ModelChange> {
    const { change } = await this.store.record(async (prisma) => {
      await ensure(prisma, providerId);
      const row = await lock(prisma, providerId);
      const replaced = await replaceModels(prisma, providerId, listed, nowMs);
      const found = { first: row!.modelsSyncedAt === null, ...replaced };
      await prisma.providerWatch.update({ where: { providerId }, data: { modelsSyncedAt: new Date(nowMs) } });
      return { events: tell(found), tableChanged: false, change: found };
    });
    return change;
  }

  async listModels(providerId: string, { limit, after }: PageOf): Promise<SeenModel[]> {
    const where = after === undefined ? { providerId } : { providerId, model: { gt: after } };
    const rows = await this.store.prisma.providerModel.findMany({ where, orderBy: { model: 'asc' }, take: limit });
    return rows.map(({ model: id, firstSeenAt, vanishedAt }) => ({
      id,
      firstSeenAtMs: firstSeenAt.getTime(),
      vanishedAtMs: vanishedAt?.getTime() ?? null,
    }));
  }

  async forget(catalogueIds: string[], sinceMs: number): Promise<void> {
    await this.store.prisma.$executeRaw`
      DELETE FROM provider_watch w
      WHERE greatest(health_due_at, models_due_at, key_due_at) < ${new Date(sinceMs)}
        AND NOT (w.provider_id = ANY(${catalogueIds}))
        AND NOT EXISTS (SELECT 1 FROM provider p WHERE p.id = w.provider_id)`;
  }
}

const NOTHING: Consequences = { events: [], tableChanged: false };
const dateOf = (timeMs: number | null): Date | null => (timeMs === null ? null : new Date(timeMs));

/** A request may come before the provider's first turn. */
async function ensure(prisma: Prisma.TransactionClient, providerId: string): Promise<void> {
  const due = new Date(0);
  const data = [{ providerId, healthDueAt: due, modelsDueAt: due, keyDueAt: due }];
  await prisma.providerWatch.createMany({ data, skipDuplicates: true });
}

/** The row, for this transaction alone; null when the provider was deleted meanwhile. */
async function lock(prisma: Prisma.TransactionClient, providerId: string): Promise<ProviderWatchModel | null> {
  await prisma.$queryRaw`SELECT 1 FROM provider_watch WHERE provider_id = ${providerId} FOR UPDATE`;
  return prisma.providerWatch.findUnique({ where: { providerId } });
}
