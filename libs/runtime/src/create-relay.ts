import { SAFE_AFTER_MS, type Bus } from '@ao/bus';
import { OutboxRelay, type Database, type OutboxRelayOptions } from '@ao/database';
import type { Logger } from '@ao/kernel';

/**
 * Where a publication takes as long as its slowest consumer, a consumer that is away must neither look like a broken
 * bus nor keep the others from what is newer. `inFlightBytesMax` of the relay bounds the memory.
 */
const PATIENT: Partial<OutboxRelayOptions> = { publishTimeoutMs: null, inFlightMax: 20_000 };

/** The relay from a service's outbox to the bus, with the limits that suit this bus. */
export function createRelay(database: Database, { bus, logger }: { bus: Bus; logger: Logger }): OutboxRelay {
  const limits = bus.publishWaitsForHandlers ? PATIENT : {};
  const relay = new OutboxRelay({ database, publish: (event) => bus.publishEncoded(event), logger, ...limits });
  if (bus.publishWaitsForHandlers) return relay;
  // The machine may have crashed with both of us on it.
  relay.publishAgain(SAFE_AFTER_MS, 0);
  bus.onServerChanged((awayMs) => relay.publishAgain(SAFE_AFTER_MS, awayMs));
  return relay;
}
