import { isObject } from '@ao/wire';

type Json = Readonly<Record<string, unknown>>;

/** A question, and all else that makes its answer. */
export interface SemanticQuestion {
  /** The last thing the user said. */
  text: string;
  /** The request without it. */
  rest: Record<string, unknown>;
}

/** A longer question says too much for one vector, and embedding models refuse it. */
const TEXT_LENGTH_MAX = 8_000;

/** Null for a request whose last words are not a user's text alone. */
export function semanticQuestionOf(question: Json): SemanticQuestion | null {
  for (const [list, content] of LISTS) {
    const found = splitLast(question, list, content);
    if (found) return found;
  }
  return null;
}

/** Where the messages are, and where their content is in each: OpenAI, Anthropic and Ollama; Gemini. */
const LISTS = [
  ['messages', 'content'],
  ['contents', 'parts'],
] as const;

function splitLast(question: Json, list: string, content: string): SemanticQuestion | null {
  const messages = question[list];
  if (!Array.isArray(messages)) return null;
  const last: unknown = messages.at(-1);
  if (!isObject(last) || (last['role'] ?? 'user') !== 'user') return null;
  const text = textOf(last[content]);
  if (text === null || text.trim() === '' || text.length > TEXT_LENGTH_MAX) return null;
  return { text, rest: { ...question, [list]: [...messages.slice(0, -1), { ...last, [content]: null }] } };
}

/** Null for content that is more than text. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part: unknown) => (isPlainText(part) ? part.text : null));
  return texts.includes(null) ? null : texts.join('\n');
}

/** With nothing beside the text: a mark for a provider's cache, say, would be lost. */
function isPlainText(part: unknown): part is { text: string } {
  if (!isObject(part) || typeof part['text'] !== 'string') return false;
  return Object.keys(part).every((name) => name === 'text' || (name === 'type' && part['type'] === 'text'));
}
