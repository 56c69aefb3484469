import type { Actor } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import { PLATFORM_ORGANISATION_ID } from '../domain/price.js';

/** @throws AppError `permission_denied` for whoever does not run the platform: prices hold for every organisation. */
export function requirePlatformAdmin(actor: Actor): void {
  requireAdmin(actor);
  if (actor.orgId === PLATFORM_ORGANISATION_ID) return;
  throw new AppError(
    'permission_denied',
    'Prices hold for every organisation of this platform, so only admins of its first organisation may set them.',
  );
}
