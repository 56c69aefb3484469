import type { Clock, Logger } from '@ao/kernel';
import type { LedgerInspector } from './ports.js';
import type { WalletEvents } from './wallet-events.js';

const VIOLATIONS_MAX = 100;
const WHOLE_EVERY_MS = 24 * 3_600_000;

/** Checks the ledger while it is in use; what it finds is logged as an error and told to the organisation concerned. */
export class InspectLedger {
  constructor(
    private readonly inspector: LedgerInspector,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @param everyMs How often this is called; of several replicas that do, one checks. */
  async execute(everyMs: number): Promise<void> {
    const nowMs = this.clock.nowMs();
    const times = { nowMs, recentMs: nowMs - everyMs / 2, wholeBeforeMs: nowMs - WHOLE_EVERY_MS };
    const checked = await this.inspector.inspect({ ...times, violationsMax: VIOLATIONS_MAX }, (violations) =>
      violations.flatMap((violation) => this.events.ledgerViolated(violation)),
    );
    if (!checked) return;
    for (const { expected, found, ...violation } of checked.violations) {
      const amounts = { expected: expected.toString(), found: found.toString() };
      this.logger.error({ ...violation, ...amounts }, 'the ledger contradicts itself');
    }
    const level = checked.whole ? 'info' : 'debug';
    this.logger[level]({ whole: checked.whole, violations: checked.violations.length }, 'checked the ledger');
  }
}
