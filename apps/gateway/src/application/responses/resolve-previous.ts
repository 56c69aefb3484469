import type { Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { asList, isJson, responseIdOfItem } from './input-items.js';
import type { ResponseStore } from './ports.js';
import type { ResponseContent, ResponseContents } from './response-contents.js';

type Json = Readonly<Record<string, unknown>>;

/** Turns of a conversation that are looked up one by one. */
const CHAIN_LENGTH_MAX = 200;
/** Stored text of a conversation, compressed: what is more would fill no model's context either. */
const CHAIN_LENGTH_CHARACTERS_MAX = 8_000_000;

/** Puts what a request refers to in its place, for providers that know nothing of it. */
export class ResolvePrevious {
  constructor(
    private readonly store: ResponseStore,
    private readonly contents: ResponseContents,
  ) {}

  /**
   * The same request with the turns before it and the items that it names in its `input`.
   * @throws AppError `previous_response_not_found`; `invalid_parameter` for an item that is not there or a conversation
   * that is too long.
   */
  async execute(request: Json, principal: Principal): Promise<Json> {
    const { previous_response_id: previousId, input, ...rest } = request;
    const goesOn = typeof previousId === 'string';
    const own = typeof input === 'string' ? [{ role: 'user', content: input }] : asList(input);
    if (!goesOn && !own.some(isReference)) return request;
    const before = goesOn ? await this.turnsUpTo(previousId, principal) : [];
    return { ...rest, input: [...before, ...(await this.withReferences(own, before, principal))] };
  }

  /** All items of a conversation, oldest first. */
  private async turnsUpTo(responseId: string, principal: Principal): Promise<unknown[]> {
    const turns: unknown[][] = [];
    let next: string | null = responseId;
    let length = 0;
    while (next !== null) {
      const found = await this.store.find(principal, next);
      if (!found) throw notFound(next);
      length += found.content.length;
      if (turns.length === CHAIN_LENGTH_MAX || length > CHAIN_LENGTH_CHARACTERS_MAX) throw tooLong();
      const content = this.contents.unpack(principal.orgId, found);
      turns.push(itemsOf(content));
      next = content.previousId;
    }
    return turns.toReversed().flat();
  }

  private async withReferences(
    own: readonly unknown[],
    before: readonly unknown[],
    principal: Principal,
  ): Promise<unknown[]> {
    const known = new Map(before.filter(isJson).map((item) => [item['id'], item]));
    for (const [index, item] of own.entries()) {
      if (!isReference(item) || known.has(item['id'])) continue;
      for (const found of await this.itemsAround(item['id'], principal)) known.set(found['id'], found);
      if (!known.has(item['id'])) throw noItem(index);
    }
    return own.map((item) => (isReference(item) ? known.get(item['id']) : item));
  }

  /** The items of the response that an item came with. */
  private async itemsAround(itemId: unknown, principal: Principal): Promise<Json[]> {
    const responseId = responseIdOfItem(itemId);
    const found = responseId === null ? null : await this.store.find(principal, responseId);
    return found ? itemsOf(this.contents.unpack(principal.orgId, found)) : [];
  }
}

const itemsOf = ({ input, response }: ResponseContent): Json[] => [
  ...input,
  ...asList(response['output']).filter(isJson),
];

/** Clients may leave its type out. */
const isReference = (item: unknown): item is Json =>
  isJson(item) && (item['type'] === 'item_reference' || (item['type'] == null && item['role'] == null && 'id' in item));

const notFound = (responseId: string): AppError =>
  new AppError(
    'previous_response_not_found',
    `There is no stored response ${JSON.stringify(responseId.slice(0, 100))}: it was not stored, was deleted, has expired, ` +
      "or is another key's. Give the conversation in 'input'.",
    { param: 'previous_response_id' },
  );

const tooLong = (): AppError =>
  new AppError(
    'invalid_parameter',
    `A conversation may go back ${CHAIN_LENGTH_MAX} stored responses. Give a shorter one in 'input'.`,
    { param: 'previous_response_id' },
  );

const noItem = (index: number): AppError =>
  new AppError('invalid_parameter', `'input[${index}]' refers to an item that is not stored. Give the item itself.`, {
    param: `input[${index}].id`,
  });
