import { PeriodicJob, type ServiceContext, type ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { ChargesRpc } from './adapters/bus/charges.rpc.js';
import { BusPriceSnapshots } from './adapters/bus/price.snapshots.js';
import { PricesRpc } from './adapters/bus/prices.rpc.js';
import { ReratingsRpc } from './adapters/bus/reratings.rpc.js';
import { ReconciliationRpc } from './adapters/bus/reconciliation.rpc.js';
import { RequestsRpc } from './adapters/bus/requests.rpc.js';
import { UsageConsumer } from './adapters/bus/usage.consumer.js';
import { AoConfigPrices } from './adapters/config/ao-config.prices.js';
import { readCsv } from './adapters/csv/read-csv.js';
import { PriceFeedJob } from './adapters/jobs/price-feed.job.js';
import { PostgresInvoiceRepository } from './adapters/postgres/invoice.repository.js';
import { PostgresChargeSummaries } from './adapters/postgres/charge-summaries.js';
import { PostgresPriceRepository } from './adapters/postgres/price.repository.js';
import { PostgresRequestLog } from './adapters/postgres/request-log.repository.js';
import { PostgresReratingRepository } from './adapters/postgres/rerating.repository.js';
import { MeteringStore } from './adapters/postgres/store.js';
import { CreatePrice } from './application/create-price.js';
import { CreateRerating } from './application/create-rerating.js';
import { GetReconciliation } from './application/get-reconciliation.js';
import { GetRequest } from './application/get-request.js';
import { GetRerating } from './application/get-rerating.js';
import { ImportPrices } from './application/import-prices.js';
import { ListRequests } from './application/list-requests.js';
import { PRICE_REPOSITORY } from './application/ports.js';
import { PublishPrices } from './application/publish-prices.js';
import { ReconcileInvoice } from './application/reconcile-invoice.js';
import { RecordUsage } from './application/record-usage.js';
import { RerateCalls } from './application/rerate-calls.js';
import { SummariseCharges } from './application/summarise-charges.js';
import { SweepRequestLog } from './application/sweep-request-log.js';
import { SyncPrices } from './application/sync-prices.js';
import { UploadInvoices } from './application/upload-invoices.js';
import { loadMeteringConfig } from './config.js';

const SWEEP_EVERY_MS = 3_600_000;
/** How soon a replica sees a re-rating that was asked for, and how often it looks in vain: one read of an empty index. */
const RERATE_EVERY_MS = 1_000;

/** The only wiring of the service. */
@Module({})
export class MeteringModule {
  static register(context: ServiceContext): ServiceParts {
    const { bus, clock, ids, logger, environment } = context;
    const config = loadMeteringConfig(environment);
    const store = new MeteringStore(context.database);
    const prices = new PostgresPriceRepository(store);
    const log = new PostgresRequestLog(context.database);
    const publishPrices = new PublishPrices(prices, new BusPriceSnapshots(bus), clock, logger);
    const configured = new AoConfigPrices(config.AO_CONFIG, environment, logger);
    const syncPrices = new SyncPrices(prices, configured, clock, ids);
    const reratings = new PostgresReratingRepository(context.database, store);
    const rerateCalls = new RerateCalls({ reratings, prices, clock, ids, logger });
    const invoices = new PostgresInvoiceRepository(context.database, store);
    const reconcile = new ReconcileInvoice(invoices, clock, config.REQUEST_LOG_RETENTION_DAYS);
    const sweep = new SweepRequestLog(log, clock, logger, config.REQUEST_LOG_RETENTION_DAYS);
    const value = <T>(provide: unknown, useValue: T): { provide: never; useValue: T } => ({
      provide: provide as never,
      useValue,
    });
    const module: DynamicModule = {
      module: MeteringModule,
      controllers: [ChargesRpc, PricesRpc, RequestsRpc, ReratingsRpc, ReconciliationRpc, UsageConsumer],
      providers: [
        value(PRICE_REPOSITORY, prices),
        value(CreatePrice, new CreatePrice(prices, publishPrices, clock, ids, config.API_PRICES_MAX)),
        value(ImportPrices, new ImportPrices(prices, publishPrices, clock, ids, config.API_PRICES_MAX)),
        value(RecordUsage, new RecordUsage(log, prices, clock, logger)),
        value(ListRequests, new ListRequests(log)),
        value(SummariseCharges, new SummariseCharges(new PostgresChargeSummaries(context.database))),
        value(GetRequest, new GetRequest(log, prices)),
        value(CreateRerating, new CreateRerating({ reratings, prices, clock, ids })),
        value(UploadInvoices, new UploadInvoices({ invoices, reconcile, readCsv, clock, ids })),
        value(GetReconciliation, new GetReconciliation(invoices, reconcile)),
        value(GetRerating, new GetRerating(reratings)),
      ],
    };
    return {
      module,
      jobs: [
        new PriceFeedJob({ syncPrices, publishPrices, configured, pollMs: config.PRICE_POLL_MS, logger }),
        new PeriodicJob({
          name: 're-rating',
          everyMs: RERATE_EVERY_MS,
          run: (signal) => rerateCalls.execute(signal),
          logger,
        }),
        new PeriodicJob({
          name: 'request log retention',
          everyMs: SWEEP_EVERY_MS,
          run: (signal) => sweep.execute(signal),
          logger,
        }),
      ],
    };
  }
}
