import { AppError, type Logger } from '@ao/kernel';
import type { KeyValue } from './key-value.js';
import type { LimitRequest } from './limits/limit.js';

/**
 * Keeps limiting from `local` memory while the `shared` store is away, each replica for itself, and says so in each such
 * decision. Everything but the limits behaves as the shared store does.
 */
export function withLocalLimits(shared: KeyValue, local: KeyValue, logger: Logger): KeyValue {
  let away = false;
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
    async takeTokens(requests) {
      try {
        const decision = await shared.takeTokens(requests);
        if (away) logger.info({}, 'limits are shared between replicas again');
        away = false;
        // Nobody knows here which of the two granted a slot.
        const released = requests.filter(isRelease);
        if (released.length > 0) await local.takeTokens(released);
        return decision;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'backend_unavailable') throw error;
        if (!away) logger.warn({ reason: error.internal }, 'limits are kept per replica: the shared store is away');
        away = true;
        return { ...(await local.takeTokens(requests)), local: true };
      }
    },
    health: () => shared.health(),
    close: async () => void (await Promise.all([shared.close(), local.close()])),
  };
}

const isRelease = (request: LimitRequest): boolean => request.kind === 'slots' && request.release === true;
