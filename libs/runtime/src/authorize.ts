import type { Actor } from '@ao/contracts';
import { AppError } from '@ao/kernel';

/** Admins and owners act for their whole organisation. */
export const isAdmin = ({ role }: Pick<Actor, 'role'>): boolean => role === 'owner' || role === 'admin';

/**
 * Services check roles themselves: the gateway's check is a courtesy, a message on the bus is the boundary.
 * @throws AppError `permission_denied`
 */
export function requireAdmin(actor: Actor): void {
  if (isAdmin(actor)) return;
  throw new AppError('permission_denied', `This needs the role admin or owner; your key has the role ${actor.role}.`);
}
