import { Responds } from '@ao/bus';
import {
  createRuleV1,
  deleteRuleV1,
  getRuleV1,
  listRulesV1,
  updateRuleV1,
  type OwnedRule,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { CreateRule } from '../../application/rules/create-rule.js';
import { DeleteRule } from '../../application/rules/delete-rule.js';
import { FindRules } from '../../application/rules/find-rules.js';
import { UpdateRule } from '../../application/rules/update-rule.js';
import type { Rule, RulePosition } from '../../application/rules/rule.js';

@Controller()
export class RulesRpc {
  constructor(
    private readonly createRule: CreateRule,
    private readonly updateRule: UpdateRule,
    private readonly deleteRule: DeleteRule,
    private readonly findRules: FindRules,
  ) {}

  @Responds(createRuleV1)
  async create(request: RequestOf<typeof createRuleV1>): Promise<ResponseOf<typeof createRuleV1>> {
    return { rule: toMessage(await this.createRule.execute(request)) };
  }

  @Responds(listRulesV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listRulesV1>): Promise<ResponseOf<typeof listRulesV1>> {
    const rows = await this.findRules.list(actor, { limit: limit + 1, after: positionOf(decodeCursor(cursor)) });
    const page = toPage(rows, limit, ({ priority, id }) => `${priority}:${id}`);
    return { ...page, data: page.data.map(toMessage) };
  }

  @Responds(getRuleV1)
  async get({ actor, ruleId }: RequestOf<typeof getRuleV1>): Promise<ResponseOf<typeof getRuleV1>> {
    return { rule: toMessage(await this.findRules.one(actor, ruleId)) };
  }

  @Responds(updateRuleV1)
  async update(request: RequestOf<typeof updateRuleV1>): Promise<ResponseOf<typeof updateRuleV1>> {
    return { rule: toMessage(await this.updateRule.execute(request)) };
  }

  @Responds(deleteRuleV1)
  async delete({ actor, ruleId }: RequestOf<typeof deleteRuleV1>): Promise<ResponseOf<typeof deleteRuleV1>> {
    await this.deleteRule.execute(actor, ruleId);
    return { deleted: true };
  }
}

/** A cursor that somebody made up begins at the start. */
function positionOf(cursor: string | undefined): RulePosition | undefined {
  const [priority = '', id = ''] = cursor?.split(':') ?? [];
  return /^\d{1,7}$/.test(priority) && id !== '' ? { priority: Number(priority), id } : undefined;
}

const toMessage = ({ createdAtMs, ...rule }: Rule): OwnedRule => ({
  ...rule,
  createdAt: new Date(createdAtMs).toISOString(),
});
