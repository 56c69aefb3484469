import { Consumes, type EventEnvelope } from '@ao/bus';
import { walletAutoTopUpRequestedV1, walletLedgerViolatedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseWalletAlerts } from '../../application/raise-wallet-alerts.js';

@Controller()
export class WalletsConsumer {
  constructor(private readonly raiseWalletAlerts: RaiseWalletAlerts) {}

  @Consumes(walletAutoTopUpRequestedV1, { kind: 'durable', name: 'notification-top-ups', batchSizeMax: 100 })
  async requested(events: EventEnvelope<PayloadOf<typeof walletAutoTopUpRequestedV1>>[]): Promise<void> {
    await this.raiseWalletAlerts.topUpsRequested(events);
  }

  @Consumes(walletLedgerViolatedV1, { kind: 'durable', name: 'notification-violations', batchSizeMax: 100 })
  async violated(events: EventEnvelope<PayloadOf<typeof walletLedgerViolatedV1>>[]): Promise<void> {
    await this.raiseWalletAlerts.ledgersViolated(events);
  }
}
