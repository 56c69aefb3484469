import type { ServiceContext } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { ActionsConsumer } from './adapters/bus/actions.consumer.js';
import { AuditRpc } from './adapters/bus/audit.rpc.js';
import { PostgresAuditRepository } from './adapters/postgres/audit.repository.js';
import { AUDIT_REPOSITORY } from './application/ports.js';
import { VerifyChain } from './application/verify-chain.js';

/** The only wiring of the service. */
@Module({})
export class GovernanceModule {
  static register(context: ServiceContext): DynamicModule {
    const entries = new PostgresAuditRepository(context.database);
    return {
      module: GovernanceModule,
      controllers: [ActionsConsumer, AuditRpc],
      providers: [
        { provide: AUDIT_REPOSITORY, useValue: entries },
        { provide: VerifyChain, useValue: new VerifyChain(entries) },
      ],
    };
  }
}
