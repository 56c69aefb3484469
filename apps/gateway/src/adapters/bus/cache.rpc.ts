import type { Bus, Subscription } from '@ao/bus';
import { flushCacheV1, gatewayActionPerformedV1, getCacheStatsV1, type Actor } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { CacheFiguresStore } from '../../application/cache/cache-figures.js';
import type { EntryStore } from '../../application/cache/entry-store.js';

export interface CacheAdministration {
  bus: Bus;
  entries: EntryStore;
  figures: CacheFiguresStore;
  clock: Clock;
  ids: IdGenerator;
}

const NAMESPACES_MAX = 1_000;

/** Answers for the response cache, whose state all gateways share: whichever is asked. */
export function answerCacheQuestions({
  bus,
  entries,
  figures,
  clock,
  ids,
}: CacheAdministration): Promise<Subscription[]> {
  const audit = (actor: Actor, namespace: string | undefined): Promise<void> => {
    const occurredAt = new Date(clock.nowMs()).toISOString();
    return bus.publish(gatewayActionPerformedV1, {
      id: ids.next('evt'),
      occurredAt,
      ...(actor.requestId !== undefined && { requestId: actor.requestId }),
      payload: {
        orgId: actor.orgId,
        actorId: actor.keyId,
        action: 'cache.flush',
        targetId: namespace ?? actor.orgId,
        outcome: 'success',
        occurredAt,
        metadata: {},
      },
    });
  };
  return Promise.all([
    bus.respond(getCacheStatsV1, async ({ actor }) => {
      requireAdmin(actor);
      return { namespaces: (await figures.read(actor.orgId)).slice(0, NAMESPACES_MAX) };
    }),
    bus.respond(flushCacheV1, async ({ actor, namespace }) => {
      requireAdmin(actor);
      const [owner, part] = namespace?.split(':') ?? [];
      // Whoever asks again because the audit could not be told does no harm.
      await entries.forget(actor.orgId, owner, part);
      await audit(actor, namespace);
      return { flushed: true as const };
    }),
  ]);
}
