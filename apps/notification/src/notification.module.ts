import { randomBytes } from 'node:crypto';
import { PeriodicJob, type ServiceContext, type ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { ChannelsRpc } from './adapters/bus/channels.rpc.js';
import { ProvidersConsumer } from './adapters/bus/providers.consumer.js';
import { ReconciliationsConsumer } from './adapters/bus/reconciliations.consumer.js';
import { ThresholdsConsumer } from './adapters/bus/thresholds.consumer.js';
import { WalletsConsumer } from './adapters/bus/wallets.consumer.js';
import { channelSenders } from './adapters/channels/index.js';
import { DeliveryJob } from './adapters/jobs/delivery.job.js';
import { PostgresAlertRepository } from './adapters/postgres/alert.repository.js';
import { PostgresChannelRepository } from './adapters/postgres/channel.repository.js';
import { PostgresDeliveryQueue } from './adapters/postgres/delivery.queue.js';
import { PostgresDeliveryRepository } from './adapters/postgres/delivery.repository.js';
import { NotificationStore } from './adapters/postgres/store.js';
import { CreateChannel } from './application/create-channel.js';
import { DeleteChannel } from './application/delete-channel.js';
import { DeliverAlert } from './application/deliver-alert.js';
import { CHANNEL_REPOSITORY, DELIVERY_REPOSITORY } from './application/ports.js';
import { RaiseProviderAlerts } from './application/raise-provider-alerts.js';
import { RaiseReconciliationAlerts } from './application/raise-reconciliation-alerts.js';
import { RaiseThresholdAlerts } from './application/raise-threshold-alerts.js';
import { RaiseWalletAlerts } from './application/raise-wallet-alerts.js';
import { RemoveOldAlerts } from './application/remove-old-alerts.js';
import { loadNotificationConfig } from './config.js';

/** What a lease adds to the time that an attempt may take: for storing its outcome in a database that is slow. */
const LEASE_MARGIN_MS = 25_000;
const RETENTION_EVERY_MS = 3_600_000;

/** The only wiring of the service. */
@Module({})
export class NotificationModule {
  static register(context: ServiceContext): ServiceParts {
    const { clock, ids, logger, database, secretBox: seal } = context;
    const config = loadNotificationConfig(context.environment);
    const timeoutMs = config.WEBHOOK_TIMEOUT_MS;
    const store = new NotificationStore(database);
    const channels = new PostgresChannelRepository(store);
    const alerts = new PostgresAlertRepository(database);
    const queue = new PostgresDeliveryQueue(database, logger);
    const senders = channelSenders({ allowPrivateUrls: config.ALLOW_PRIVATE_WEBHOOK_URLS, timeoutMs, clock });
    const policy = { attemptsMax: config.ALERT_ATTEMPTS_MAX, delayFirstMs: config.ALERT_RETRY_DELAY_FIRST_MS };
    const job = new DeliveryJob({
      queue,
      deliverAlert: new DeliverAlert({ queue, senders, seal, policy, clock, random: Math.random, logger }),
      senders,
      inFlightMax: config.ALERT_DELIVERIES_IN_FLIGHT_MAX,
      leaseMs: timeoutMs + LEASE_MARGIN_MS,
      pollMs: config.ALERT_POLL_MS,
      clock,
      logger,
    });
    const onDue = (): void => job.wake();
    const channelsMax = config.ALERT_CHANNELS_PER_ORGANISATION_MAX;
    const value = <T>(provide: unknown, useValue: T): { provide: never; useValue: T } => ({
      provide: provide as never,
      useValue,
    });
    const module: DynamicModule = {
      module: NotificationModule,
      controllers: [ChannelsRpc, ThresholdsConsumer, ReconciliationsConsumer, WalletsConsumer, ProvidersConsumer],
      providers: [
        value(CHANNEL_REPOSITORY, channels),
        value(DELIVERY_REPOSITORY, new PostgresDeliveryRepository(store)),
        value(CreateChannel, new CreateChannel({ channels, senders, seal, randomBytes, channelsMax, clock, ids })),
        value(DeleteChannel, new DeleteChannel(channels, clock, ids)),
        value(RaiseThresholdAlerts, new RaiseThresholdAlerts({ alerts, clock, ids, onDue })),
        value(RaiseReconciliationAlerts, new RaiseReconciliationAlerts({ alerts, clock, ids, onDue })),
        value(RaiseProviderAlerts, new RaiseProviderAlerts({ alerts, clock, ids, onDue })),
        value(RaiseWalletAlerts, new RaiseWalletAlerts({ alerts, clock, ids, onDue })),
      ],
    };
    const removeOldAlerts = new RemoveOldAlerts(alerts, clock, config.ALERT_RETENTION_DAYS);
    const retention = new PeriodicJob({
      name: 'retention of alerts',
      everyMs: RETENTION_EVERY_MS,
      run: (signal) => removeOldAlerts.execute(signal),
      logger,
    });
    return { module, jobs: [job, retention] };
  }
}
