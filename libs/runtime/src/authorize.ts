import type { Actor } from '@ao/contracts';
import { AppError } from '@ao/kernel';

/**
 * Services check roles themselves: the gateway's check is a courtesy, a message on the bus is the boundary.
 * @throws AppError `permission_denied`
 */
export function requireAdmin(actor: Actor): void {
  if (actor.role === 'owner' || actor.role === 'admin') return;
  throw new AppError('permission_denied', `This needs the role admin or owner; your key has the role ${actor.role}.`);
}
