import type { Actor, RouterSettings } from '@ao/contracts';
import { requireAdmin } from '@ao/runtime';
import type { CatalogueSource } from '../ports.js';
import type { SettingsRepository } from './ports.js';

/** What an organisation has of its own, and what everybody has. */
export class ReadRouterSettings {
  constructor(
    private readonly settings: SettingsRepository,
    private readonly catalogue: CatalogueSource,
  ) {}

  /** @throws AppError `permission_denied`. */
  async execute(actor: Actor): Promise<{ own: RouterSettings; platform: RouterSettings }> {
    requireAdmin(actor);
    return { own: await this.settings.find(actor.orgId), platform: this.catalogue.current.settings };
  }
}
