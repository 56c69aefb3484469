import type { Bus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  costAdjustedV1,
  queryCostV1,
  usageRecordedV1,
  walletEntriesPostedV1,
  type Actor,
  type CallOf,
  type PayloadOf,
  type ResponseOf,
  type WalletPosting,
  type UsageAttempt,
} from '@ao/contracts';
import { UuidV7Generator, ZERO_USD, silentLogger, systemClock } from '@ao/kernel';
import { NO_USAGE } from '@ao/pricing';
import { runService, type RunningService } from '@ao/runtime';
import type { Warehouse } from '@ao/warehouse';
import { analyticsService } from './index.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The start of a month, UTC. Retention removes what is old, so records of tests are of these days. */
export function monthStartMs(ofMs = Date.now()): number {
  const of = new Date(ofMs);
  return Date.UTC(of.getUTCFullYear(), of.getUTCMonth(), 1);
}

type Usage = PayloadOf<typeof usageRecordedV1>;
type Adjustment = PayloadOf<typeof costAdjustedV1>;
type WalletEntry = WalletPosting;

const usageExample = usageRecordedV1.payload.decode(usageRecordedV1.example);
const adjustmentExample = costAdjustedV1.payload.decode(costAdjustedV1.example);
const entryExample = walletEntriesPostedV1.payload.decode(walletEntriesPostedV1.example).entries[0]!;

const usageRecord = (fields: Partial<Usage>): Usage => ({
  ...usageExample,
  startedAtMs: monthStartMs(),
  ...fields,
});
/** One that consumed nothing, unless told. */
export const attempt = (fields: Partial<UsageAttempt>): UsageAttempt => ({
  provider: 'openai',
  deploymentId: null,
  model: 'gpt-4o',
  priceId: null,
  status: 200,
  errorCode: null,
  usage: NO_USAGE,
  usageSource: 'none',
  cost: ZERO_USD,
  startedAtMs: monthStartMs(),
  durationMs: 1,
  ...fields,
});
export const walletEntry = (fields: Partial<WalletEntry>): WalletEntry => ({
  ...entryExample,
  postedAt: new Date(monthStartMs()).toISOString(),
  ...fields,
});

export const startAnalytics = (
  bus: Bus,
  openWarehouse: () => Promise<Warehouse>,
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningService> =>
  runService(analyticsService, {
    bus,
    logger: silentLogger,
    clock: systemClock,
    ids: new UuidV7Generator(),
    secretBox: new SecretBox(Buffer.alloc(32, 1)),
    keyPepper: Buffer.alloc(32, 7),
    dataDirectory: '.',
    environment,
    databaseUrl: '',
    openWarehouse,
  });

export const adminOf = (orgId: string): Actor => ({ orgId, keyId: 'key_admin', role: 'admin' });

/** The other services' side of the bus. */
export class Platform {
  private readonly ids = new UuidV7Generator();

  constructor(private readonly bus: Bus) {}

  /** Each time another delivery of the record; in memory it resolves once the record is stored. */
  async record(...records: Partial<Usage>[]): Promise<void> {
    await Promise.all(
      records.map((fields) => {
        const payload = usageRecord(fields);
        const occurredAt = new Date(payload.startedAtMs).toISOString();
        return this.bus.publish(usageRecordedV1, { id: this.ids.next('evt'), occurredAt, payload });
      }),
    );
  }

  /** Each time another delivery of the correction. */
  async adjust(...adjustments: Partial<Adjustment>[]): Promise<void> {
    await Promise.all(
      adjustments.map((fields) => {
        const payload = { ...adjustmentExample, startedAtMs: monthStartMs(), ...fields };
        const occurredAt = new Date(payload.startedAtMs).toISOString();
        return this.bus.publish(costAdjustedV1, { id: this.ids.next('evt'), occurredAt, payload });
      }),
    );
  }

  async post(...entries: WalletEntry[]): Promise<void> {
    await Promise.all(
      entries.map((entry) => {
        const event = { id: this.ids.next('evt'), occurredAt: entry.postedAt, payload: { entries: [entry] } };
        return this.bus.publish(walletEntriesPostedV1, event);
      }),
    );
  }

  /** Forty days on both sides of the start of this month, unless told. */
  query(request: Partial<CallOf<typeof queryCostV1>>): Promise<ResponseOf<typeof queryCostV1>> {
    const daysFromMonthStart = (days: number): string => new Date(monthStartMs() + days * DAY_MS).toISOString();
    const range = { from: daysFromMonthStart(-40), to: daysFromMonthStart(40) };
    return this.bus.request(queryCostV1, { actor: adminOf('org_a'), ...range, ...request });
  }
}
