import type { CacheSettings } from '@ao/contracts';
import type { VectorStore } from '@ao/keyvalue';
import type { InboundCall } from '../calls/call.js';
import type { CacheEntry } from './cache-entry.js';
import { digestOf } from './cache-key.js';
import type { CacheScope } from './cache-scope.js';
import type { EntryStore } from './entry-store.js';
import { semanticQuestionOf } from './semantic-question.js';

/** The vector of a text, of length 1; null when there is none to be had. Never rejects. */
export type EmbedQuestion = (call: InboundCall, model: string, text: string) => Promise<Float32Array | null>;

/** A call as its questions are compared. */
export interface SemanticAsk {
  scope: CacheScope;
  generation: string;
  /** The whole question, in JSON's terms. */
  question: Record<string, unknown>;
  /** All else that must be equal. */
  context: readonly unknown[];
}

/** Where a question of the same meaning would be found, and where this one is to be remembered. */
export interface SemanticPlace {
  set: string;
  partition: string;
  vector: Float32Array;
}

type SemanticSettings = NonNullable<CacheSettings['semantic']>;

/** The nearest may have ended in its time; then the next one counts. */
const NEIGHBOURS = 3;

/** Questions that mean the same: model, instructions, history, tools and parameters must be equal, the last words near. */
export class SemanticLookup {
  constructor(
    private readonly vectors: VectorStore,
    private readonly entries: EntryStore,
    private readonly embed: EmbedQuestion,
  ) {}

  /** Null for a question that has no vector. */
  async place(
    call: InboundCall,
    ask: SemanticAsk,
    { embeddingModel }: SemanticSettings,
  ): Promise<SemanticPlace | null> {
    const found = semanticQuestionOf(ask.question);
    const vector = found && (await this.embed(call, embeddingModel, found.text));
    if (!vector) return null;
    const { orgId, owner, part } = ask.scope;
    return {
      set: `${orgId}:${owner}:${part ?? ''}:${ask.generation}`,
      partition: digestOf([...ask.context, embeddingModel, vector.length, found.rest]),
      vector,
    };
  }

  /** The answer to the nearest question that is near enough and fresh. @throws AppError `backend_unavailable`. */
  async find(
    { set, partition, vector }: SemanticPlace,
    scope: CacheScope,
    { similarityMin }: SemanticSettings,
    isFresh: (entry: CacheEntry) => boolean,
  ): Promise<{ entry: CacheEntry; similarity: number } | null> {
    for (const { id, similarity } of await this.vectors.nearest(set, { partition, vector }, NEIGHBOURS)) {
      if (similarity < similarityMin - ROUNDING) return null;
      const { entry } = await this.entries.find(scope, id);
      if (entry && !isFresh(entry)) continue;
      if (entry) {
        await this.vectors.touch(set, { partition, id });
        return { entry, similarity };
      }
      await this.vectors.remove(set, { partition, id });
    }
    return null;
  }

  /** Remembers a question whose answer is kept under `digest`. */
  async remember(
    place: SemanticPlace,
    digest: string,
    ttlMs: number,
    { questionsMax }: SemanticSettings,
  ): Promise<void> {
    await this.vectors.add(place.set, { ...place, id: digest }, { ttlMs, vectorsMax: questionsMax });
  }
}

/** Of the floats that vectors are kept in. */
const ROUNDING = 1e-6;
