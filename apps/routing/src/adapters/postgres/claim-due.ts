import type { ClaimOptions, Round } from '../../application/ports.js';
import { Prisma, type PrismaClient } from './generated/client.js';

const DUE: Readonly<Record<Round, Prisma.Sql>> = {
  health: Prisma.raw('health_due_at'),
  models: Prisma.raw('models_due_at'),
  key: Prisma.raw('key_due_at'),
};
/** A turn is due again after 75 to 85 percent of the interval: apart from the others, and never later than promised. */
const SHARE_MIN = 0.75;
const SHARE_SPREAD = 0.1;

/**
 * Takes the providers that are due by moving their time ahead: a replica that finds one locked leaves it to the other,
 * and one that dies with a turn has lost only that turn.
 */
export async function claimDue(prisma: PrismaClient, options: ClaimOptions): Promise<string[]> {
  const { nowMs, everyMs, limit, catalogueIds } = options;
  const due = DUE[options.round];
  const now = new Date(nowMs);
  // A provider is due as soon as it is known of.
  await prisma.$executeRaw`
    INSERT INTO provider_watch (provider_id, health_due_at, models_due_at, key_due_at)
    SELECT known.id, ${now}, ${now}, ${now}
    FROM (SELECT unnest(${catalogueIds}::text[]) AS id UNION SELECT id FROM provider) known
    WHERE NOT EXISTS (SELECT 1 FROM provider_watch w WHERE w.provider_id = known.id)
    ON CONFLICT DO NOTHING`;
  const claimed = await prisma.$queryRaw<{ provider_id: string }[]>`
    WITH due AS (
      SELECT w.provider_id FROM provider_watch w
      WHERE w.${due} <= ${now}
        AND (w.provider_id = ANY(${catalogueIds}) OR EXISTS (SELECT 1 FROM provider p WHERE p.id = w.provider_id))
      ORDER BY w.${due} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    UPDATE provider_watch w
    SET ${due} = ${now}::timestamptz + ${everyMs} * (${SHARE_MIN} + ${SHARE_SPREAD} * random()) * interval '1 millisecond'
    FROM due WHERE w.provider_id = due.provider_id
    RETURNING w.provider_id`;
  return claimed.map(({ provider_id: id }) => id);
}
