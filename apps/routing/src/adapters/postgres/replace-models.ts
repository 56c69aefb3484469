import type { ModelChange } from '../../application/ports.js';
import type { Prisma } from './generated/client.js';

/** How many models that vanished are remembered of one provider. */
const VANISHED_MAX = 1_000;

/** Makes the models of a provider those of `listed`; one that is back counts as new and keeps its first time. */
export async function replaceModels(
  prisma: Prisma.TransactionClient,
  providerId: string,
  listed: string[],
  nowMs: number,
): Promise<Omit<ModelChange, 'first'>> {
  const now = new Date(nowMs);
  const appeared = await prisma.$queryRaw<{ model: string }[]>`
    INSERT INTO provider_model AS known (provider_id, model, first_seen_at)
    SELECT ${providerId}, unnest(${listed}::text[]), ${now}
    ON CONFLICT (provider_id, model) DO UPDATE SET vanished_at = NULL WHERE known.vanished_at IS NOT NULL
    RETURNING model`;
  const vanished = await prisma.$queryRaw<{ model: string }[]>`
    UPDATE provider_model SET vanished_at = ${now}
    WHERE provider_id = ${providerId} AND vanished_at IS NULL AND NOT (model = ANY(${listed}))
    RETURNING model`;
  await prisma.$executeRaw`
    DELETE FROM provider_model WHERE provider_id = ${providerId} AND model IN (
      SELECT model FROM provider_model WHERE provider_id = ${providerId} AND vanished_at IS NOT NULL
      ORDER BY vanished_at DESC, model OFFSET ${VANISHED_MAX})`;
  return { appeared: namesOf(appeared), vanished: namesOf(vanished) };
}

const namesOf = (rows: { model: string }[]): string[] => rows.map(({ model }) => model).sort();
