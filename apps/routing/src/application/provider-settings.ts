import { OPENAI_COMPATIBLE_VENDORS } from '@ao/config';
import { AppError } from '@ao/kernel';
import { PROVIDER_KINDS } from '@ao/providers';

/** Those with a connector of their own, and the vendors that speak OpenAI's protocol. */
const KINDS: readonly string[] = [...new Set([...PROVIDER_KINDS, ...Object.keys(OPENAI_COMPATIBLE_VENDORS)])];

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
