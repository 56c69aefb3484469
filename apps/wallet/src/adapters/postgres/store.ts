import { prismaAdapter, type Database } from '@ao/database';
import { PrismaClient, type Prisma } from './generated/client.js';

/** The service's Prisma client on the service's pool, and the one way to change wallets: one organisation at a time. */
export class WalletStore {
  readonly prisma: PrismaClient;

  constructor(private readonly database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  /** Runs the change while no other change of the organisation's wallets runs, on any replica; then wakes the relay. */
  async changeOrganisation<T>(orgId: string, change: (prisma: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    const result = await this.prisma.$transaction(async (prisma) => {
      await prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${orgId}, 0))`;
      return change(prisma);
    });
    this.database.notifyOutboxAppended();
    return result;
  }
}
