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

/** Tokens read without a pause: about a millisecond. A gateway reads the vocabularies while it serves. */
const SLICE_TOKENS = 2_000;

/** The encoder of an encoding: built on first use (some hundred milliseconds), the same object ever after. */
export function encoderOf(encoding: EncodingName): Encoder {
  const known = encoders.get(encoding);
  if (known) return known;
  const build = buildEncoder(encoding);
  let step = build.next();
  while (!step.done) step = build.next();
  return keep(encoding, step.value);
}

/**
 * Builds encoders ahead of traffic, so that no request waits for the first use. Yields to the event loop in between.
 * @param encodings default: both.
 */
export async function preloadEncoders(
  encodings: readonly EncodingName[] = ['o200k_base', 'cl100k_base'],
): Promise<void> {
  for (const encoding of encodings) {
    if (encoders.has(encoding)) continue;
    const build = buildEncoder(encoding);
    let step = build.next();
    while (!step.done) {
      await setImmediate();
      step = build.next();
    }
    keep(encoding, step.value);
  }
}

/** The first one stays, should two have been built at the same time. */
function keep(encoding: EncodingName, built: Encoder): Encoder {
  const encoder = encoders.get(encoding) ?? built;
  encoders.set(encoding, encoder);
  return encoder;
}

/** Pauses after the file and after each slice of it. */
function* buildEncoder(encoding: EncodingName): Generator<undefined, Encoder> {
  const { bpe_ranks: lines, pat_str: pattern } = LOAD_VOCABULARY[encoding]();
  yield;
  // Keys hold one byte per character: a fifth of the memory of js-tiktoken's own table, and no array per lookup.
  const ranks = new Map<string, number>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const [, firstRank, ...tokens] = line.split(' ');
    for (const [index, token] of tokens.entries()) {
      ranks.set(Buffer.from(token, 'base64').toString('latin1'), Number(firstRank) + index);
      if (ranks.size % SLICE_TOKENS === 0) yield;
    }
  }
  return new Encoder(ranks, pattern);
}
