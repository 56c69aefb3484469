import type { EncodedEvent } from '@ao/bus';
import { confirmClaim, isUniqueViolation, prismaAdapter, type Database } from '@ao/database';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The service's Prisma client on the service's pool, and the one way to change state: together with its events. */
export class IdentityStore {
  readonly prisma: PrismaClient;

  constructor(private readonly database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  /** Runs the change and appends the events in one transaction, then wakes the relay. */
  async write<T>(events: EncodedEvent[], change: (prisma: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    const result = await this.prisma.$transaction(async (prisma) => {
      const changed = await change(prisma);
      await prisma.outbox.createMany({ data: events });
      await confirmClaim(prisma);
      return changed;
    });
    this.database.notifyOutboxAppended();
    return result;
  }
}

/** False when a unique index refused the row. */
export async function unlessTaken(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
