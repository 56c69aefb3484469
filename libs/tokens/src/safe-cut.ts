/**
 * Places where a text can be cut so that the tokens of both halves are the tokens of the whole. Both vocabularies first
 * split a text into pieces by a regular expression; at these places a piece ends whatever stands around them, and no
 * later match looks back. The property tests compare them with js-tiktoken.
 */
const SPACE = /\s/u;
const LETTER = /\p{L}/u;
const NUMBER = /\p{N}/u;
// An apostrophe may continue a word (`'s`), a combining mark belongs to its letter.
const CONTINUES_WORD = /[\p{L}\p{M}']/u;

function isSafeCut(before: string, after: string): boolean {
  // Only the first character of a piece may be a blank, except in runs of blanks. Line ends stick to punctuation.
  if (after === ' ' || after === '\t') return !SPACE.test(before);
  if (NUMBER.test(before)) return !NUMBER.test(after);
  return LETTER.test(before) && !CONTINUES_WORD.test(after);
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Moves a place out of the middle of a surrogate pair. */
export function atCodePointStart(text: string, place: number): number {
  const splitsPair = isLowSurrogate(text.charCodeAt(place)) && isHighSurrogate(text.charCodeAt(place - 1));
  return splitsPair ? place - 1 : place;
}

/** The last whole character of a text, or an empty string. */
export function lastCharacter(text: string): string {
  return text === '' ? '' : text.slice(atCodePointStart(text, text.length - 1));
}

/**
 * The last safe cut in `text` at or before `latest`, given the character that stands before the text (empty: nothing).
 * @returns an index into the text (0: between `before` and the text), or -1.
 */
export function lastSafeCut(before: string, text: string, latest = text.length - 1): number {
  let place = atCodePointStart(text, Math.min(latest, text.length - 1));
  while (place >= 0) {
    const after = String.fromCodePoint(text.codePointAt(place)!);
    if (place === 0) return before !== '' && isSafeCut(before, after) ? 0 : -1;
    const previous = atCodePointStart(text, place - 1);
    if (isSafeCut(text.slice(previous, place), after)) return place;
    place = previous;
  }
  return -1;
}
