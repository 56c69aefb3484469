import type { EncodedEvent } from '@ao/bus';
import { confirmClaim, prismaAdapter, type Database } from '@ao/database';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The service's Prisma client on the service's pool, and the one way to change state: together with its events. */
export class MeteringStore {
  readonly prisma: PrismaClient;

  constructor(private readonly database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  /** Runs the change and appends the events that it gives in one transaction, then wakes the relay. */
  async write(change: (prisma: Prisma.TransactionClient) => Promise<EncodedEvent[]>): Promise<void> {
    await this.prisma.$transaction(async (prisma) => {
      const events = await change(prisma);
      if (events.length > 0) await prisma.outbox.createMany({ data: events });
      await confirmClaim(prisma);
    });
    this.database.notifyOutboxAppended();
  }
}
