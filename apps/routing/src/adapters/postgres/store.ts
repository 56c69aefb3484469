import type { EncodedEvent } from '@ao/bus';
import { confirmClaim, prismaAdapter, type Database } from '@ao/database';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The service's Prisma client on the service's pool, and the one way to change state: together with its events. */
export class RoutingStore {
  readonly prisma: PrismaClient;

  constructor(private readonly database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  /**
   * Runs the change, appends the events and counts the revision in one transaction, then wakes the relay. The revision
   * comes last: its row is locked from there to the commit, and every writer needs it.
   * @param change gives false when there was nothing to change: then nothing else is written either.
   */
  async write<T>(events: EncodedEvent[], change: (prisma: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    const result = await this.prisma.$transaction(async (prisma) => {
      const changed = await change(prisma);
      if (changed === false) return changed;
      await prisma.outbox.createMany({ data: events });
      await confirmClaim(prisma);
      await prisma.tableState.update({ where: { id: 1 }, data: { revision: { increment: 1 } } });
      return changed;
    });
    this.database.notifyOutboxAppended();
    return result;
  }
}
