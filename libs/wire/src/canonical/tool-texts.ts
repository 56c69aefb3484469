import { isObject } from '../json-object.js';
import type { Part } from './request.js';

/** A model's broken arguments are handed back as what they are, or it could not see its mistake. */
export function argumentsOf(json: string): object {
  if (json.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : { value };
  } catch {
    return { invalid_json: json };
  }
}

/** The text of parts, each a paragraph of its own. */
export const paragraphsOf = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');

/** What a tool gave, for protocols without a flag for failures: a result that failed says so in its words. */
export const resultText = (text: string, isError: boolean): string =>
  isError && text !== '' ? `Error: ${text}` : text;
