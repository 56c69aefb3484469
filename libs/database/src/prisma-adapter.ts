import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './database.js';

/**
 * Lets a service's Prisma client share the pool (and so the limits) of its `Database`:
 * `new PrismaClient({ adapter: prismaAdapter(database) })`. Closing the client leaves the pool open.
 */
export function prismaAdapter(database: Database): PrismaPg {
  return new PrismaPg(database.pool, { schema: database.schema });
}
