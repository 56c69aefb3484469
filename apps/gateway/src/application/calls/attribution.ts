import { AppError } from '@ao/kernel';
import type { InboundCall } from './call.js';
import type { RequestFacts } from './requests/request-facts.js';

/** Whom a call is for: what budgets count it under and the request log keeps. */
export interface Attribution {
  /** Those bound to the key first: where a limit cuts the list, it is not they that fall away. */
  tags: readonly string[];
  endUserId: string | null;
}

/** A value that a call names, and where. */
interface Named {
  value: string;
  param: string;
}

/**
 * Puts together what the key, the headers and the body say of whom a call is for. A header's end user goes before the
 * body's, and the key's before both.
 * @throws AppError `invalid_parameter` for a tag or an end user that the key may not name.
 */
export function attributionOf(
  call: Pick<InboundCall, 'principal' | 'tags' | 'endUserId'>,
  request: Pick<RequestFacts, 'tags' | 'endUserId'>,
): Attribution {
  const { allowedTags, boundTags, allowedEndUsers, boundEndUser } = call.principal.attribution;
  const tags = [...named(call.tags, 'x-ao-tags'), ...named(request.tags, 'tags')];
  const endUsers = [...named([call.endUserId], 'x-ao-end-user'), ...named([request.endUserId], 'user')];
  checkAllowed('tag', tags, allowedTags && [...allowedTags, ...boundTags]);
  checkAllowed('end user', endUsers, boundEndUser === null ? allowedEndUsers : [boundEndUser]);
  return {
    tags: [...new Set([...boundTags, ...tags.map(({ value }) => value)])],
    endUserId: boundEndUser ?? endUsers[0]?.value ?? null,
  };
}

const named = (values: readonly (string | null)[], param: string): Named[] =>
  values.filter((value) => value !== null && value !== '').map((value) => ({ value: value as string, param }));

const SHOWN_LENGTH_MAX = 128;

/** @param allowed Null: any. */
function checkAllowed(kind: 'tag' | 'end user', names: readonly Named[], allowed: readonly string[] | null): void {
  const refused = allowed && names.find(({ value }) => !allowed.includes(value));
  if (!refused) return;
  throw new AppError(
    'invalid_parameter',
    `This API key may not name the ${kind} '${refused.value.slice(0, SHOWN_LENGTH_MAX)}'. Leave it out, name one that the ` +
      `key allows, or ask an administrator for a key that allows it.`,
    { param: refused.param },
  );
}
