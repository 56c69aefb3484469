import type { EncodedEvent } from '@ao/bus';
import type { RuleRepository } from '../../application/rules/ports.js';
import type { Rule, RulePosition } from '../../application/rules/rule.js';
import { RULE_ORDER, toRule, toRuleRow } from './rule-rows.js';
import type { RoutingStore } from './store.js';

export class PostgresRuleRepository implements RuleRepository {
  constructor(private readonly store: RoutingStore) {}

  async insert(rule: Rule, events: EncodedEvent[]): Promise<void> {
    await this.store.write(events, (prisma) => prisma.routingRule.create({ data: toRuleRow(rule) }));
  }

  async find(orgId: string, id: string): Promise<Rule | null> {
    const row = await this.store.prisma.routingRule.findFirst({ where: { orgId, id } });
    return row && toRule(row);
  }

  async list(orgId: string, page: { limit: number; after: RulePosition | undefined }): Promise<Rule[]> {
    const { limit, after } = page;
    const behind = after && [{ priority: { gt: after.priority } }, { priority: after.priority, id: { gt: after.id } }];
    const where = { orgId, ...(behind && { OR: behind }) };
    const rows = await this.store.prisma.routingRule.findMany({ where, orderBy: RULE_ORDER, take: limit });
    return rows.map(toRule);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.routingRule.count({ where: { orgId } });
  }

  update(rule: Rule, events: EncodedEvent[]): Promise<boolean> {
    const { id, orgId, experimentId: _experimentId, createdAt: _createdAt, ...data } = toRuleRow(rule);
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.routingRule.updateMany({ where: { orgId, id }, data });
      return count === 1;
    });
  }

  delete(orgId: string, id: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.routingRule.deleteMany({ where: { orgId, id } });
      return count === 1;
    });
  }
}
