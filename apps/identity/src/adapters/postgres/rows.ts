import { role } from '@ao/contracts';
import type { Role } from '../../domain/role.js';

/** A role column as a Role. @throws when the row holds something else: better no answer than a wrong right. */
export const toRole = (text: string): Role => role.parse(text);
