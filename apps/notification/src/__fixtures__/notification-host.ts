import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  createChannelV1,
  listDeliveriesV1,
  walletThresholdCrossedV1,
  type Actor,
  type AlertDelivery,
  type CallOf,
  type PayloadOf,
  type ResponseOf,
} from '@ao/contracts';
import { openDatabase } from '@ao/database';
import { UuidV7Generator, nanoUsd, silentLogger, systemClock } from '@ao/kernel';
import { runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { notificationService } from '../index.js';

type Crossed = PayloadOf<typeof walletThresholdCrossedV1>;

/** Settings under which retries take milliseconds and receivers may be local. */
const QUICK = {
  ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
  ALERT_ATTEMPTS_MAX: '3',
  ALERT_RETRY_DELAY_FIRST_MS: '10',
  ALERT_POLL_MS: '10',
};

export const adminOf = (orgId: string): Actor => ({ orgId, keyId: `key_of_${orgId}`, role: 'admin' });

/** The service on a bus and a database of its own. */
export class NotificationHost {
  readonly bus = new MemoryBus(silentLogger);
  readonly ids = new UuidV7Generator();
  private service: RunningService | undefined;

  private constructor(readonly database: TestDatabase) {}

  /** @param database That of a host which is running already makes this one its replica. */
  static async start(environment: Record<string, string> = {}, database?: TestDatabase): Promise<NotificationHost> {
    const host = new NotificationHost(database ?? (await createTestDatabase()));
    await host.run(environment);
    return host;
  }

  async restart(environment: Record<string, string> = {}): Promise<void> {
    await this.service?.stop();
    await this.run(environment);
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    await this.bus.close();
  }

  private async run(environment: Record<string, string>): Promise<void> {
    const host: HostContext = {
      bus: this.bus,
      logger: silentLogger,
      clock: systemClock,
      ids: this.ids,
      secretBox: new SecretBox(Buffer.alloc(32, 1)),
      keyPepper: Buffer.alloc(32, 7),
      dataDirectory: '.',
      environment: { ...QUICK, ...environment },
      databaseUrl: this.database.url,
      openWarehouse: () => Promise.reject(new Error('notification needs no warehouse')),
    };
    this.service = await runService(notificationService, host);
  }

  /** A statement in the service's own schema, as an operator could run it. */
  async query(statement: string, values: unknown[]): Promise<unknown[]> {
    const limits = { poolSizeMax: 1, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
    const database = openDatabase({ url: this.database.url, schema: 'notification', ...limits });
    try {
      return (await database.pool.query(statement, values)).rows;
    } finally {
      await database.close();
    }
  }

  createChannel(
    orgId: string,
    url: string,
    more: Partial<CallOf<typeof createChannelV1>> = {},
  ): Promise<ResponseOf<typeof createChannelV1>> {
    return this.bus.request(createChannelV1, { actor: adminOf(orgId), name: 'alerts', url, ...more });
  }

  async cross(
    orgId: string,
    payload: Partial<Crossed> = {},
    event: { id?: string; requestId?: string } = {},
  ): Promise<void> {
    const at = new Date().toISOString();
    await this.bus.publish(walletThresholdCrossedV1, {
      id: this.ids.next('evt'),
      occurredAt: at,
      ...event,
      payload: {
        walletId: 'wal_1',
        walletName: 'Research',
        orgId,
        thresholdPercent: 80,
        limit: nanoUsd(100_000_000_000n),
        spent: nanoUsd(80_500_000_001n),
        periodKey: '2026-01',
        requestId: null,
        crossedAt: at,
        ...payload,
      },
    });
  }

  async deliveries(orgId: string, status?: AlertDelivery['status']): Promise<AlertDelivery[]> {
    const filter = status ? { status } : {};
    return (await this.bus.request(listDeliveriesV1, { actor: adminOf(orgId), limit: 500, ...filter })).data;
  }

  /** Waits until the organisation has so many deliveries of that status. */
  settled(orgId: string, status: AlertDelivery['status'], count = 1): Promise<AlertDelivery[]> {
    const description = `${count} ${status} deliveries of ${orgId}`;
    return waitFor(
      async () => {
        const found = await this.deliveries(orgId, status);
        return found.length === count ? found : null;
      },
      { description, timeoutMs: 20_000 },
    );
  }
}
