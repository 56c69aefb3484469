import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { Encoder } from './encoder.js';
import type { EncodingName } from './models.js';

/** The vocabulary files of js-tiktoken, part of the installed package: nothing is fetched. */
interface Vocabulary {
  /** The expression that splits text into pieces. */
  pat_str: string;
  /** Lines of `! <first rank> <base64 token> <base64 token> …`. */
  bpe_ranks: string;
}

// Loaded by `require` so that a count can stay synchronous and a process that never counts never pays the megabytes.
const require = createRequire(import.meta.url);
const LOAD_VOCABULARY: Readonly<Record<EncodingName, () => Vocabulary>> = {
  o200k_base: () => require('js-tiktoken/ranks/o200k_base') as Vocabulary,
  cl100k_base: () => require('js-tiktoken/ranks/cl100k_base') as Vocabulary,
};
const encoders = new Map<EncodingName, Encoder>();

/** The encoder of an encoding: built on first use (some hundred milliseconds), the same object ever after. */
export function encoderOf(encoding: EncodingName): Encoder {
  let encoder = encoders.get(encoding);
  if (!encoder) {
    const vocabulary = LOAD_VOCABULARY[encoding]();
    encoder = new Encoder(parseRanks(vocabulary.bpe_ranks), vocabulary.pat_str);
    encoders.set(encoding, encoder);
  }
  return encoder;
}

/**
 * Builds encoders ahead of traffic, so that no request waits for the first use. Yields to the event loop in between.
 * @param encodings default: both.
 */
export async function preloadEncoders(
  encodings: readonly EncodingName[] = ['o200k_base', 'cl100k_base'],
): Promise<void> {
  for (const encoding of encodings) {
    encoderOf(encoding);
    await setImmediate();
  }
}

// Keys hold one byte per character: a fifth of the memory of js-tiktoken's own table, and no array per lookup.
function parseRanks(lines: string): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const [, firstRank, ...tokens] = line.split(' ');
    tokens.forEach((token, index) =>
      ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(firstRank) + index),
    );
  }
  return ranks;
}
