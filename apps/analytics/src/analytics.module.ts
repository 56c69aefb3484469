import { fileURLToPath } from 'node:url';
import type { ServiceContext, ServiceParts } from '@ao/runtime';
import { migrateWarehouse } from '@ao/warehouse';
import { Module } from '@nestjs/common';
import { CostRpc } from './adapters/bus/cost.rpc.js';
import { ExperimentsRpc } from './adapters/bus/experiments.rpc.js';
import { Ingestion } from './adapters/bus/ingestion.js';
import { WarehouseCostStore } from './adapters/clickhouse/cost.store.js';
import { WarehouseExperimentStore } from './adapters/clickhouse/experiment.store.js';
import { ReadyWarehouse } from './adapters/clickhouse/ready-warehouse.js';
import { WarehouseRecordStore } from './adapters/clickhouse/record.store.js';
import { applyRetention } from './adapters/clickhouse/retention.js';
import { QueryCost } from './application/query-cost.js';
import { QueryExperiment } from './application/query-experiment.js';
import { loadAnalyticsConfig } from './config.js';

const migrationsDirectory = fileURLToPath(new URL('../../../prisma/analytics/warehouse', import.meta.url));

/** The only wiring of the service. */
@Module({})
export class AnalyticsModule {
  static register(context: ServiceContext): ServiceParts {
    const { bus, logger, environment } = context;
    const { ANALYTICS_RETENTION_DAYS: retentionDays } = loadAnalyticsConfig(environment);
    const warehouse = new ReadyWarehouse(
      () => context.openWarehouse(),
      async (opened) => {
        await migrateWarehouse({ warehouse: opened, directory: migrationsDirectory, logger });
        await applyRetention(opened, retentionDays);
      },
    );
    const queryCost = new QueryCost(new WarehouseCostStore(warehouse));
    const queryExperiment = new QueryExperiment(new WarehouseExperimentStore(warehouse));
    return {
      module: {
        module: AnalyticsModule,
        controllers: [CostRpc, ExperimentsRpc],
        providers: [
          { provide: QueryCost, useValue: queryCost },
          { provide: QueryExperiment, useValue: queryExperiment },
        ],
      },
      jobs: [new Ingestion({ bus, logger, records: new WarehouseRecordStore(warehouse), warehouse })],
      healthChecks: { clickhouse: () => warehouse.checkHealth() },
    };
  }
}
