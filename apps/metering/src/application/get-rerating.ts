import type { Actor } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { Rerating } from '../domain/rerating.js';
import type { ReratingRepository } from './ports.js';

/** How far a re-rating is. */
export class GetRerating {
  constructor(private readonly reratings: ReratingRepository) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, reratingId: string): Promise<Rerating> {
    requireAdmin(actor);
    const rerating = await this.reratings.find(actor.orgId, reratingId);
    if (rerating) return rerating;
    throw new AppError('not_found', `There is no re-rating ${reratingId}.`, { param: 'id' });
  }
}
