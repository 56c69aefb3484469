import type { Message } from '../canonical/index.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Gives the calls of a request ids where Gemini has none, and finds the call that a result answers. */
export class CallIds {
  private readonly taken: Set<string>;
  /** Calls without a result so far, in their order. */
  private readonly open: OpenCall[] = [];

  /** @param given The ids that the client gave. */
  constructor(given: readonly string[]) {
    this.taken = new Set(given);
  }

  /** The id of a call: the client's, or one made of its place, which the same conversation gives it again next time. */
  call(id: string | null, name: string, turn: number, index: number): string {
    const known = id ?? this.free(`call_${turn}_${index}`);
    this.open.push({ id: known, name });
    return known;
  }

  /** The call that a result answers: by its id, else the first open one of that name; null when there is none. */
  answer(id: string | null, name: string): string | null {
    const byId = id === null ? -1 : this.open.findIndex((call) => call.id === id);
    const at = byId === -1 ? this.open.findIndex((call) => call.name === name) : byId;
    return at === -1 ? null : this.open.splice(at, 1)[0]!.id;
  }

  private free(id: string): string {
    let free = id;
    while (this.taken.has(free)) free += '_';
    this.taken.add(free);
    return free;
  }
}

/** The names of all calls of a conversation, by their ids, in the order in which they were made. */
export function namesOfCalls(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool_call'));
  return new Map(calls.map(({ id, name }) => [id, name]));
}
