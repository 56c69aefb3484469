/** The common rule of thumb for English; every estimate and every streamed piece follows it. */
export const CHARACTERS_PER_TOKEN = 4;

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** The text as tokens of four characters, none of them half a surrogate pair; joined they give the text again. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  if (!BEYOND_ASCII.test(text)) {
    for (let start = 0; start < text.length; start += CHARACTERS_PER_TOKEN) {
      tokens.push(text.slice(start, start + CHARACTERS_PER_TOKEN));
    }
    return tokens;
  }
  const characters = Array.from(text);
  for (let start = 0; start < characters.length; start += CHARACTERS_PER_TOKEN) {
    tokens.push(characters.slice(start, start + CHARACTERS_PER_TOKEN).join(''));
  }
  return tokens;
}

/** Tokens of an input of this many characters: at least one, as no provider bills nothing. */
export function estimateTokens(characterCount: number): number {
  return Math.max(1, Math.ceil(characterCount / CHARACTERS_PER_TOKEN));
}
