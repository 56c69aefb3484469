import type { OfferedTool } from '../answers/chat-request.js';
import { isFields, listOfFields } from './fields.js';

/** The text of a message's content: a string, or parts with a `text`. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOfFields(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}

/** The tools that are offered as `{"function": {"name", "parameters"}}`. */
export function functionTools(tools: unknown): OfferedTool[] {
  return namedTools(listOfFields(tools).map((tool) => tool['function']));
}

/** The tools that are offered as `{"name", "parameters"}`. */
export function namedTools(definitions: readonly unknown[]): OfferedTool[] {
  return definitions
    .filter(isFields)
    .flatMap(({ name, parameters }) => (typeof name === 'string' ? [{ name, parameters }] : []));
}
