import type { Clock } from '@ao/kernel';
import type { ConnectionTest, ListedModel } from './connector.js';
import { failureReason } from './failure-reason.js';

/** Whether a provider answers, how long that takes, and why it does not. Never rejects. */
export async function checkConnection(
  clock: Clock,
  listModels: () => Promise<readonly ListedModel[]>,
): Promise<ConnectionTest> {
  const startedAtMs = clock.monotonicMs();
  const result = await listModels().then(
    (models) => ({ ok: true, reason: null, models }),
    (error: unknown) => ({ ok: false, reason: failureReason(error), models: [] }),
  );
  return { ...result, latencyMs: clock.monotonicMs() - startedAtMs };
}
