import type { EncodedEvent } from '@ao/bus';
import type { ExperimentState } from '@ao/contracts';
import { isUniqueViolation } from '@ao/database';
import type { ExperimentRepository } from '../../application/experiments/ports.js';
import type { PageOf } from '../../application/ports.js';
import type { Experiment } from '../../application/experiments/experiment.js';
import type { Rule } from '../../application/rules/rule.js';
import { changeableOf, toExperiment, withPromoted } from './experiment-rows.js';
import { toRuleRow } from './rule-rows.js';
import type { RoutingStore } from './store.js';

export class PostgresExperimentRepository implements ExperimentRepository {
  constructor(private readonly store: RoutingStore) {}

  async insert(experiment: Experiment, events: EncodedEvent[]): Promise<void> {
    const { id, orgId } = experiment;
    const createdAt = new Date(experiment.createdAtMs);
    const data = { ...changeableOf(experiment), id, orgId, createdAt, checkDueAt: createdAt };
    await this.store.write(events, (prisma) => prisma.experiment.create({ data }));
  }

  async find(orgId: string, id: string): Promise<Experiment | null> {
    const row = await this.store.prisma.experiment.findFirst({ where: { orgId, id }, include: withPromoted });
    return row && toExperiment(row);
  }

  async list(orgId: string, { limit, after }: PageOf, state: ExperimentState | undefined): Promise<Experiment[]> {
    const rows = await this.store.prisma.experiment.findMany({
      where: { orgId, ...(after !== undefined && { id: { lt: after } }), ...(state !== undefined && { state }) },
      orderBy: { id: 'desc' },
      take: limit,
      include: withPromoted,
    });
    return rows.map(toExperiment);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.experiment.count({ where: { orgId } });
  }

  async update(
    experiment: Experiment,
    before: ExperimentState,
    events: EncodedEvent[],
  ): Promise<'updated' | 'changed' | 'occupied'> {
    const { id, orgId } = experiment;
    try {
      const updated = await this.store.write(events, async (prisma) => {
        const where = { orgId, id, state: before };
        const { count } = await prisma.experiment.updateMany({ where, data: changeableOf(experiment) });
        return count === 1;
      });
      return updated ? 'updated' : 'changed';
    } catch (error) {
      if (isUniqueViolation(error)) return 'occupied';
      throw error;
    }
  }

  async promote(experiment: Experiment, before: ExperimentState, rule: Rule, events: EncodedEvent[]): Promise<boolean> {
    const { id, orgId } = experiment;
    try {
      return await this.store.write(events, async (prisma) => {
        const where = { orgId, id, state: before };
        const { count } = await prisma.experiment.updateMany({ where, data: changeableOf(experiment) });
        if (count !== 1) return false;
        await prisma.routingRule.create({ data: toRuleRow(rule) });
        return true;
      });
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  revert(orgId: string, experimentId: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.routingRule.deleteMany({ where: { orgId, experimentId } });
      return count === 1;
    });
  }

  async findPromoted(scope: Pick<Experiment, 'orgId' | 'teamId' | 'modelGroup'>): Promise<Experiment | null> {
    const { orgId, teamId, modelGroup } = scope;
    const where = { orgId, teamId, modelGroup, promoted: { isNot: null } };
    const row = await this.store.prisma.experiment.findFirst({ where, include: withPromoted });
    return row && toExperiment(row);
  }

  delete(orgId: string, id: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const where = { orgId, id, state: { not: 'running' }, promoted: { is: null } };
      const { count } = await prisma.experiment.deleteMany({ where });
      return count === 1;
    });
  }

  async claimDue({ nowMs, everyMs, limit }: { nowMs: number; everyMs: number; limit: number }): Promise<Experiment[]> {
    const now = new Date(nowMs);
    const next = new Date(nowMs + everyMs);
    // Whichever replica moves the time ahead has the turn; one that dies with it has lost that turn only.
    const claimed = await this.store.prisma.$queryRaw<{ id: string }[]>`
      WITH due AS (
        SELECT id FROM experiment
        WHERE state = 'running' AND auto_promote IS NOT NULL AND check_due_at <= ${now}
        ORDER BY check_due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      UPDATE experiment e SET check_due_at = ${next} FROM due WHERE e.id = due.id RETURNING e.id`;
    const ids = claimed.map(({ id }) => id);
    const rows = await this.store.prisma.experiment.findMany({ where: { id: { in: ids } }, include: withPromoted });
    return rows.map(toExperiment);
  }
}
