import type { EventEnvelope } from '@ao/bus';
import type { PayloadOf, walletAutoTopUpRequestedV1, walletLedgerViolatedV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { Alert, AlertFacts } from '../domain/alert.js';
import { planDeliveries } from './plan-deliveries.js';
import type { AlertRepository } from './ports.js';

type TopUpRequested = EventEnvelope<PayloadOf<typeof walletAutoTopUpRequestedV1>>;
type LedgerViolated = EventEnvelope<PayloadOf<typeof walletLedgerViolatedV1>>;

export interface RaiseWalletAlertsOptions {
  alerts: AlertRepository;
  clock: Clock;
  ids: IdGenerator;
  /** Called when deliveries have become due. */
  onDue: () => void;
}

/** Makes one alert of each request for money, and of each fault in the ledger. */
export class RaiseWalletAlerts {
  constructor(private readonly options: RaiseWalletAlertsOptions) {}

  /** Safe to repeat: an event that was seen before changes nothing. */
  topUpsRequested(events: TopUpRequested[]): Promise<void> {
    return this.raise(events, ({ orgId: _org, ...facts }) => ({ type: 'auto_top_up', ...facts }));
  }

  /** Safe to repeat. */
  ledgersViolated(events: LedgerViolated[]): Promise<void> {
    return this.raise(events, ({ orgId: _org, periodKey: period, ...facts }) => ({
      type: 'ledger_violation',
      period,
      ...facts,
    }));
  }

  private async raise<Payload extends { orgId: string; walletId: string }>(
    events: EventEnvelope<Payload>[],
    toFacts: (payload: Payload) => AlertFacts,
  ): Promise<void> {
    const { alerts, clock, ids, onDue } = this.options;
    const toAlert = ({ payload, requestId }: EventEnvelope<Payload>): Alert => ({
      id: ids.next('alr'),
      orgId: payload.orgId,
      subject: payload.walletId,
      requestId: requestId ?? null,
      facts: toFacts(payload),
      createdAtMs: clock.nowMs(),
    });
    const raised = events.map((event) => ({ eventId: event.id, alert: toAlert(event) }));
    const deliveries = await alerts.raise(raised, (alert, channels) => planDeliveries(alert, channels, ids));
    if (deliveries > 0) onDue();
  }
}
