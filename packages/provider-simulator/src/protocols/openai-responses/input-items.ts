import { isFields, type Fields } from '../fields.js';
import { invalidValue, missing, wrongType } from '../openai/validate.js';
import type { RefusedCall } from '../protocol.js';
import { textOf } from '../chat-fields.js';

/** What a response was asked with, as items. */
export interface Input {
  readonly items: readonly Fields[];
  /** The last text of the user. */
  readonly question: string;
}

const ITEMS_MAX = 100_000;
const ROLES = new Set(['user', 'assistant', 'system', 'developer']);

/** Reads the `input` of a request: a text, or items. */
export function readInput(input: unknown): Input | RefusedCall {
  if (input === undefined || input === null) return missing('input');
  if (typeof input === 'string') {
    const content = [{ type: 'input_text', text: input }];
    return { items: [{ type: 'message', role: 'user', content }], question: input };
  }
  if (!Array.isArray(input)) return wrongType('input', 'one of a string or array of objects', input);
  if (input.length > ITEMS_MAX) return invalidValue('input', `array too long. Expected at most ${ITEMS_MAX} elements.`);
  const items: Fields[] = [];
  let question = '';
  for (const [index, item] of input.entries()) {
    const refusal = checkItem(item, `input[${index}]`);
    if (refusal !== undefined) return refusal;
    items.push({ type: 'message', ...item });
    if (item.role === 'user') question = textOf(item.content);
  }
  return { items, question };
}

function checkItem(item: unknown, at: string): RefusedCall | undefined {
  if (!isFields(item)) return wrongType(at, 'an object', item);
  const { type = 'message', role, content } = item;
  if (type === 'function_call_output') {
    if (typeof item['call_id'] !== 'string') return missing(`${at}.call_id`);
    return item['output'] === undefined ? missing(`${at}.output`) : undefined;
  }
  if (type !== 'message') return undefined;
  if (role === undefined) return missing(`${at}.role`);
  if (typeof role !== 'string' || !ROLES.has(role)) {
    return invalidValue(`${at}.role`, `${JSON.stringify(role)} is none of ${[...ROLES].join(', ')}.`);
  }
  if (content === undefined) return missing(`${at}.content`);
  if (typeof content === 'string' || Array.isArray(content)) return undefined;
  return wrongType(`${at}.content`, 'one of a string or array of objects', content);
}

/** The text in the items, input and output alike. */
export function charactersOf(items: readonly Fields[]): number {
  return items.reduce((sum, item) => {
    const called = typeof item['arguments'] === 'string' ? item['arguments'] : '';
    return sum + textOf(item['content']).length + textOf(item['output']).length + called.length;
  }, 0);
}
