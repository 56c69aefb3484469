/** The byte-pair encodings whose vocabulary we carry. */
export type EncodingName = 'o200k_base' | 'cl100k_base';

// First match wins: the specific families of the new vocabulary stand before the plain `gpt-4` of the old one.
const ENCODING_BY_NAME: readonly (readonly [RegExp, EncodingName])[] = [
  [/^(?:chatgpt|gpt)-?4(?:o|\.1|\.5)/, 'o200k_base'],
  [/^o\d+(?![a-z0-9])/, 'o200k_base'],
  [/^gpt-4(?![\d.])/, 'cl100k_base'],
  [/^gpt-3(?:\.5|5)/, 'cl100k_base'],
  [/^text-embedding-(?:3|ada-002)/, 'cl100k_base'],
  [/^(?:gpt|chatgpt)/, 'o200k_base'],
];

/** A model's own name: lower case, without `provider/` prefixes and without the `ft:` of fine-tuned OpenAI models. */
export function bareModelName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name.startsWith('ft:') ? name.slice(3) : name;
}

/**
 * The encoding that OpenAI uses for a model; an unknown GPT name is taken for a new one (`o200k_base`).
 * @returns null for models whose vocabulary is not OpenAI's.
 */
export function encodingForModel(model: string): EncodingName | null {
  const name = bareModelName(model);
  return ENCODING_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

const REASONS_UNSEEN = /^(?:o\d|gpt-5|gemini-(?:2\.5|[3-9]))/;

/** Whether a model is known to bill reasoning that it does not stream: its text so far says little of its cost so far. */
export function reasonsUnseen(model: string): boolean {
  return REASONS_UNSEEN.test(bareModelName(model));
}
