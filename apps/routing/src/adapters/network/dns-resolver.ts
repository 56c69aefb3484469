import { lookup } from 'node:dns/promises';
import { withDeadline, type Logger } from '@ao/kernel';
import type { AddressResolver } from '../../application/ports.js';

const LOOKUP_DEADLINE_MS = 1_000;

/** Asks what the connections themselves will ask: the system's resolver, its hosts file included. */
export class DnsResolver implements AddressResolver {
  constructor(private readonly logger: Logger) {}

  async resolve(hostname: string): Promise<string[]> {
    try {
      const late = (): Error => new Error(`no answer within ${LOOKUP_DEADLINE_MS} ms`);
      const found = await withDeadline(lookup(hostname, { all: true }), LOOKUP_DEADLINE_MS, late);
      return found.map(({ address }) => address);
    } catch (error) {
      this.logger.info(
        { hostname, error: error instanceof Error ? error.message : String(error) },
        'name not resolved',
      );
      return [];
    }
  }
}
