import { Responds } from '@ao/bus';
import { listAuditEntriesV1, verifyAuditChainV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { AUDIT_REPOSITORY, type AuditRepository } from '../../application/ports.js';
import { VerifyChain } from '../../application/verify-chain.js';

@Controller()
export class AuditRpc {
  constructor(
    private readonly verifyChain: VerifyChain,
    @Inject(AUDIT_REPOSITORY) private readonly entries: AuditRepository,
  ) {}

  @Responds(listAuditEntriesV1)
  async list({
    actor,
    limit,
    cursor,
    ...filter
  }: RequestOf<typeof listAuditEntriesV1>): Promise<ResponseOf<typeof listAuditEntriesV1>> {
    requireAdmin(actor);
    const position = decodeCursor(cursor);
    const before = position === undefined ? undefined : Number(position);
    const rows = await this.entries.list({ orgId: actor.orgId, limit: limit + 1, before, ...filter });
    return toPage(rows, limit, ({ sequence }) => String(sequence));
  }

  @Responds(verifyAuditChainV1)
  verify({ actor }: RequestOf<typeof verifyAuditChainV1>): Promise<ResponseOf<typeof verifyAuditChainV1>> {
    requireAdmin(actor);
    return this.verifyChain.execute(actor.orgId);
  }
}
