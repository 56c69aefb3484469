import type { Usage } from '@ao/pricing';
import type { UpstreamError } from '../openai/errors.js';

/** Texts that are to become vectors, in nobody's protocol. */
interface TextsToEmbed {
  /** The provider's own name for the model. */
  readonly model: string;
  readonly texts: readonly string[];
  /** Numbers of a vector; null: as many as the model gives. */
  readonly dimensions: number | null;
  /** What the vectors are for, in the provider's own words, where the client says it. */
  readonly purpose: string | null;
}

export interface Vectors {
  /** One for each text, in their order. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage | null;
}

/** How one kind of provider is asked for embeddings. */
export interface EmbeddingsCodec {
  encode(request: TextsToEmbed): object;
  /** @throws TypeError when it is no answer of this protocol. */
  decode(answer: unknown): Vectors;
  mapError(status: number, body: Buffer): UpstreamError;
}

/** @throws TypeError when they are no vectors. */
export function vectorsIn(value: unknown): readonly (readonly number[])[] {
  if (Array.isArray(value) && value.every(isVector)) return value as number[][];
  throw new TypeError('no vectors');
}

const isVector = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number');
