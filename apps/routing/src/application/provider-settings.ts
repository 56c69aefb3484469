import { AppError } from '@ao/kernel';
import { KIND_SETTINGS } from '@ao/providers/kinds';

/** The kinds that a connector serves. */
const KINDS: readonly string[] = [...KIND_SETTINGS.keys()];

/** @throws AppError `invalid_parameter` that names the kinds there are. */
export function checkKind(kind: string): void {
  if (KINDS.includes(kind)) return;
  throw new AppError('invalid_parameter', `There is no provider kind ${kind}. Use one of ${KINDS.join(', ')}.`, {
    param: 'kind',
  });
}

/** @throws AppError `conflict` when one more than `countMax` would be stored. */
export function checkRoom(what: string, count: number, countMax: number): void {
  if (count <= countMax) return;
  throw new AppError('conflict', `The organisation may have ${countMax} ${what}. Delete some first.`);
}

export const nameTaken = (name: string): AppError =>
  new AppError('conflict', `There is a provider named ${name} already.`, { param: 'name' });

export const unknownProvider = (providerId: string): AppError =>
  new AppError('not_found', `There is no provider ${providerId}.`, { param: 'id' });
