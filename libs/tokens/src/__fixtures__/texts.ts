import fc from 'fast-check';

/** Fragments that meet every branch of both split expressions, for texts in any order of them. */
const FRAGMENTS = [
  'a',
  'Hello',
  'wORLD',
  "don't",
  "'LL",
  " don't",
  " I'm",
  ' ',
  '   ',
  '\t',
  '\n',
  '\r\n',
  '\u00a0',
  '/',
  '//',
  '-',
  '…',
  '{"k":[',
  '12345',
  '³',
  '٣',
  'é',
  'e\u0301',
  'Straße',
  'お誕生日',
  '한국어',
  'привет',
  'ไทย',
  '👩‍👩‍👧',
  '😀',
  '𝟏',
  '𝐀',
  '\ud83d',
  '\ude00',
  '\u0000',
  '\ufeff',
  '<|endoftext|>',
  '<|fim_prefix|>',
  '<|endofprompt|>',
];

export const anyText = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** A text and a division of it into chunks at any UTF-16 unit, empty chunks included. */
export const anyChunks = fc.tuple(anyText, fc.array(fc.nat({ max: 200 }), { maxLength: 12 })).map(([text, places]) => {
  const cuts = [0, ...places.map((place) => Math.min(place, text.length)).sort((a, b) => a - b), text.length];
  return cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut));
});

/** One model of each strategy. */
export const MODEL_OF_STRATEGY = {
  openai: 'gpt-4o',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  llama: 'meta/llama-3.1-70b',
  characters: 'command-r-plus',
} as const;
