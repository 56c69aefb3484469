import { AppError, type Logger } from '@ao/kernel';
import type { KeyValue } from './key-value.js';

export interface LocalLimits extends KeyValue {
  /** Calls that were decided in this process because the shared store was away. */
  fallbackCount(): number;
}

/**
 * Keeps limiting from `local` memory while the `shared` store is away, each replica for itself, and says so. Everything but
 * the limits behaves as the shared store does.
 */
export function withLocalLimits(shared: KeyValue, local: KeyValue, logger: Logger): LocalLimits {
  let fallbacks = 0;
  let away = false;
  const attempt = async <T>(first: Promise<T>, instead: () => Promise<T>): Promise<T> => {
    try {
      const result = await first;
      if (away) logger.info({}, 'limits are shared between replicas again');
      away = false;
      return result;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'backend_unavailable') throw error;
      if (!away) logger.warn({ reason: error.internal }, 'limits are kept per replica: the shared store is away');
      away = true;
      fallbacks += 1;
      return instead();
    }
  };
  return {
    get: (key) => shared.get(key),
    set: (key, value, options) => shared.set(key, value, options),
    delete: (key) => shared.delete(key),
    setIfAbsent: (key, value, options) => shared.setIfAbsent(key, value, options),
    replaceIf: (key, expected, value, options) => shared.replaceIf(key, expected, value, options),
    deleteIf: (key, expected) => shared.deleteIf(key, expected),
    addCounts: (key, amounts, options) => shared.addCounts(key, amounts, options),
    getCounts: (key) => shared.getCounts(key),
    addMember: (key, member, options) => shared.addMember(key, member, options),
    countMembers: (key) => shared.countMembers(key),
    vectors: shared.vectors,
    takeTokens: (requests) => attempt(shared.takeTokens(requests), () => local.takeTokens(requests)),
    async releaseSlots(holds) {
      // Nobody knows here which of the two granted a slot.
      await local.releaseSlots(holds);
      await attempt(shared.releaseSlots(holds), async () => undefined);
    },
    health: () => shared.health(),
    close: async () => void (await Promise.all([shared.close(), local.close()])),
    fallbackCount: () => fallbacks,
  };
}
