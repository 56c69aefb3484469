import { hashText, SeededRandom } from './seeded-random.js';

/** Bounds the work for one text; later words no longer change its direction much. */
const WORDS_MAX = 512;

function addWord(sum: Float64Array, word: string): void {
  const random = new SeededRandom(hashText(word));
  for (let index = 0; index < sum.length; index += 1) sum[index]! += random.nextFraction() - 0.5;
}

/**
 * The embedding of a text: a unit vector of the given number of dimensions, the same on every run. Each word adds a direction
 * of its own, so texts that share words lie close together, enough for a semantic cache or a search demo to behave.
 */
export function embeddingVector(text: string, dimensions: number): Float32Array {
  const words = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, WORDS_MAX) ?? [text];
  const sum = new Float64Array(dimensions);
  for (const word of words) addWord(sum, word);
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}
