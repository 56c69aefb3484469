import type { EncodedEvent } from '@ao/bus';
import { confirmClaim, prismaAdapter, type Database } from '@ao/database';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The service's Prisma client on the service's pool, and the one way to change state: together with its events. */
export class NotificationStore {
  readonly prisma: PrismaClient;

  constructor(private readonly database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  /** Runs the change and, when it changed something, appends the events in the same transaction and wakes the relay. */
  async write(
    events: EncodedEvent[],
    change: (prisma: Prisma.TransactionClient) => Promise<boolean>,
  ): Promise<boolean> {
    const changed = await this.prisma.$transaction(async (prisma) => {
      if (!(await change(prisma))) return false;
      await prisma.outbox.createMany({ data: events });
      await confirmClaim(prisma);
      return true;
    });
    if (changed) this.database.notifyOutboxAppended();
    return changed;
  }
}
