import type { EncodedEvent } from '@ao/bus';
import { confirmClaim, prismaAdapter, type Database } from '@ao/database';
import type { Consequences } from '../../application/ports.js';
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
      await finish(prisma, { events, tableChanged: true });
      return changed;
    });
    this.database.notifyOutboxAppended();
    return result;
  }

  /** The same for what the service finds out by itself: what follows from it is known only inside the transaction. */
  async record<C extends Consequences>(change: (prisma: Prisma.TransactionClient) => Promise<C>): Promise<C> {
    const committed = await this.prisma.$transaction(async (prisma) => {
      const consequences = await change(prisma);
      await finish(prisma, consequences);
      return consequences;
    });
    if (committed.events.length > 0) this.database.notifyOutboxAppended();
    return committed;
  }
}

async function finish(prisma: Prisma.TransactionClient, { events, tableChanged }: Consequences): Promise<void> {
  if (events.length > 0) await prisma.outbox.createMany({ data: events });
  await confirmClaim(prisma);
  if (tableChanged) await prisma.tableState.update({ where: { id: 1 }, data: { revision: { increment: 1 } } });
}
