import { PeriodicJob, type ServiceContext, type ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { ChargesRpc } from './adapters/bus/charges.rpc.js';
import { BusPriceSnapshots } from './adapters/bus/price.snapshots.js';
import { PricesRpc } from './adapters/bus/prices.rpc.js';
import { RequestsRpc } from './adapters/bus/requests.rpc.js';
import { UsageConsumer } from './adapters/bus/usage.consumer.js';
import { AoConfigPrices } from './adapters/config/ao-config.prices.js';
import { PriceFeedJob } from './adapters/jobs/price-feed.job.js';
import { PostgresChargeSummaries } from './adapters/postgres/charge-summaries.js';
import { PostgresPriceRepository } from './adapters/postgres/price.repository.js';
import { PostgresRequestLog } from './adapters/postgres/request-log.repository.js';
import { MeteringStore } from './adapters/postgres/store.js';
import { CreatePrice } from './application/create-price.js';
import { GetRequest } from './application/get-request.js';
import { ListRequests } from './application/list-requests.js';
import { PRICE_REPOSITORY } from './application/ports.js';
import { PublishPrices } from './application/publish-prices.js';
import { RecordUsage } from './application/record-usage.js';
import { SummariseCharges } from './application/summarise-charges.js';
import { SweepRequestLog } from './application/sweep-request-log.js';
import { SyncPrices } from './application/sync-prices.js';
import { loadMeteringConfig } from './config.js';

const SWEEP_EVERY_MS = 3_600_000;

/** The only wiring of the service. */
@Module({})
export class MeteringModule {
  static register(context: ServiceContext): ServiceParts {
    const { bus, clock, ids, logger, environment } = context;
    const config = loadMeteringConfig(environment);
    const prices = new PostgresPriceRepository(new MeteringStore(context.database));
    const log = new PostgresRequestLog(context.database);
    const publishPrices = new PublishPrices(prices, new BusPriceSnapshots(bus), clock, logger);
    const configured = new AoConfigPrices(config.AO_CONFIG, environment, logger);
    const syncPrices = new SyncPrices(prices, configured, clock, ids);
    const sweep = new SweepRequestLog(log, clock, logger, config.REQUEST_LOG_RETENTION_DAYS);
    const value = <T>(provide: unknown, useValue: T): { provide: never; useValue: T } => ({
      provide: provide as never,
      useValue,
    });
    const module: DynamicModule = {
      module: MeteringModule,
      controllers: [ChargesRpc, PricesRpc, RequestsRpc, UsageConsumer],
      providers: [
        value(PRICE_REPOSITORY, prices),
        value(CreatePrice, new CreatePrice(prices, publishPrices, clock, ids, config.API_PRICES_MAX)),
        value(RecordUsage, new RecordUsage(log, prices, clock, logger)),
        value(ListRequests, new ListRequests(log)),
        value(SummariseCharges, new SummariseCharges(new PostgresChargeSummaries(context.database))),
        value(GetRequest, new GetRequest(log)),
      ],
    };
    return {
      module,
      jobs: [
        new PriceFeedJob({ syncPrices, publishPrices, configured, pollMs: config.PRICE_POLL_MS, logger }),
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
