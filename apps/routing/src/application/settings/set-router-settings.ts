import type { EncodedEvent } from '@ao/bus';
import {
  routerSettings,
  routingActionPerformedV1,
  type Actor,
  type RequestOf,
  type ResponseOf,
  type RouterSettings,
  type setRouterSettingsV1,
} from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { givenFields } from '../given-fields.js';
import type { CatalogueSource, RoutingTable } from '../ports.js';
import type { RoutingTargets } from '../rules/routing-targets.js';
import type { SettingsRepository } from './ports.js';

const METADATA_LENGTH_MAX = 512;

/** Changes what an organisation has of router settings of its own. */
export class SetRouterSettings {
  constructor(
    private readonly settings: SettingsRepository,
    private readonly targets: RoutingTargets,
    private readonly catalogue: CatalogueSource,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (a model that is not there, a region outside of the lock). */
  async execute({
    actor,
    settings,
    unset,
    replace,
  }: RequestOf<typeof setRouterSettingsV1>): Promise<ResponseOf<typeof setRouterSettingsV1>> {
    requireAdmin(actor);
    const given = givenFields(settings);
    await this.targets.checkModels(actor.orgId, fallbackModelsOf(given), 'fallbacks');
    const platform = this.catalogue.current.settings;
    checkResidency(given.residencyRegions, platform.residencyRegions);
    const own = await this.settings.change(actor.orgId, (before) => {
      const after = replace ? given : without({ ...before, ...given }, unset);
      return { after, events: [this.audit(actor, before, after)] };
    });
    await this.table.refresh();
    return { own, platform };
  }

  /** Names what changed; a lock is told with its regions, for that is what auditors ask. */
  private audit(actor: Actor, before: RouterSettings, after: RouterSettings): EncodedEvent {
    const fields = routerSettings.keyof().options;
    const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
    const residency = after.residencyRegions?.join(',') ?? 'any';
    const metadata = {
      changed: cut(changed.join(',')),
      ...(changed.includes('residencyRegions') && { residency: cut(residency) }),
    };
    const by = { actor, clock: this.clock, ids: this.ids };
    return auditEvent(routingActionPerformedV1, by, {
      action: 'router_settings.update',
      targetId: actor.orgId,
      metadata,
    });
  }
}

const cut = (text: string): string => text.slice(0, METADATA_LENGTH_MAX);

const without = (settings: RouterSettings, unset: readonly string[]): RouterSettings =>
  Object.fromEntries(Object.entries(settings).filter(([field]) => !unset.includes(field)));

/** Every model that calls may fall back to. */
function fallbackModelsOf(settings: RouterSettings): string[] {
  const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks, defaultFallbacks } = settings;
  const lists = [fallbacks, contextWindowFallbacks, contentPolicyFallbacks].flatMap((map) => Object.values(map ?? {}));
  return [...new Set([...lists.flat(), ...(defaultFallbacks ?? [])])];
}

/** The operator's lock may be made narrower, not wider. @throws AppError `invalid_parameter`. */
function checkResidency(own: RouterSettings['residencyRegions'], platform: RouterSettings['residencyRegions']): void {
  if (own === undefined || !platform) return;
  const within = (region: string): boolean =>
    platform.some((allowed) => region.toLowerCase().startsWith(allowed.toLowerCase()));
  if (own !== null && own.every(within)) return;
  const message = `The operator allows the regions ${platform.join(', ')} only: name regions within them.`;
  throw new AppError('invalid_parameter', message, { param: 'residency_regions' });
}
