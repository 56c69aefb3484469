import { encodeMessage } from '@ao/bus';
import { usageRecordedV1, type UsageRecord, type UsageReport } from '@ao/contracts';
import type { Clock, Logger } from '@ao/kernel';
import { rowIdOf, type Price } from '../domain/price.js';
import { hasUnstorableText, refusalOf, withStorableText } from '../domain/storable.js';
import { costOfCall, type PricedUse } from './authoritative-cost.js';
import type { PriceRepository, RecordedCall, RefusedCall, RequestLog } from './ports.js';

/** Turns the gateways' reports into the request log and its events; the same report again changes nothing. */
export class RecordUsage {
  constructor(
    private readonly log: Pick<RequestLog, 'record'>,
    private readonly prices: Pick<PriceRepository, 'find'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async execute(reports: readonly UsageReport[]): Promise<void> {
    const prices = await this.pricesOf(reports);
    const calls: RecordedCall[] = [];
    const refused: RefusedCall[] = [];
    for (const report of reports) {
      const call = this.settle(report, prices);
      const reason = refusalOf(call.record);
      if (reason) refused.push({ call, reason });
      else calls.push(call);
    }
    const outcome = await this.log.record(calls, refused);
    this.tellOfLosses(refused, outcome.collidingRequestIds);
  }

  private pricesOf(reports: readonly UsageReport[]): Promise<Map<string, Price>> {
    const uses = reports.flatMap((report) => [report, ...(report.attempts ?? [])]);
    const ids = uses.flatMap(({ priceId }) => (priceId === null ? [] : [rowIdOf(priceId)]));
    return this.prices.find([...new Set(ids)]);
  }

  private settle(report: UsageReport, prices: ReadonlyMap<string, Price>): RecordedCall {
    const named = ({ priceId }: PricedUse): Price | undefined =>
      priceId === null ? undefined : prices.get(rowIdOf(priceId));
    let record: UsageRecord = { ...report, ...costOfCall(report, named) };
    let json = encodeRecord(record);
    if (hasUnstorableText(json)) {
      record = withStorableText(record);
      json = encodeRecord(record);
    }
    return { record, json, event: this.recordedEvent(record.requestId, json) };
  }

  /** The id follows from the request's, so that nothing can announce one request twice. */
  private recordedEvent(requestId: string, payload: string): RecordedCall['event'] {
    const occurredAt = new Date(this.clock.nowMs()).toISOString();
    return { id: `recorded:${requestId}`, subject: usageRecordedV1.subject, occurredAt, requestId, payload };
  }

  private tellOfLosses(refused: readonly RefusedCall[], collidingRequestIds: readonly string[]): void {
    const losses = [
      ...refused.map(({ call, reason }) => ({ requestId: call.record.requestId, reason })),
      ...collidingRequestIds.map((requestId) => ({ requestId, reason: 'request_id_taken' })),
    ];
    if (losses.length === 0) return;
    this.logger.error(
      { count: losses.length, losses: losses.slice(0, 20) },
      'usage reports were refused and kept apart',
    );
  }
}

const encodeRecord = (record: UsageRecord): string =>
  encodeMessage(usageRecordedV1.payload, record, usageRecordedV1.subject);
