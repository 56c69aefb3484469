import { z } from 'zod';
import { id, modelName } from './fields.js';

/** How long an answer may be repeated: a second to thirty days. */
const ttlMs = z.int().min(1_000).max(2_592_000_000);

/** What can be answered from the cache, in LiteLLM's words but for Gemini's and Ollama's protocols. */
export const cacheCallType = z.enum(['chat', 'completion', 'embedding', 'responses', 'messages', 'gemini', 'ollama']);
export type CacheCallType = z.output<typeof cacheCallType>;

/** How the gateway keeps and repeats answers (docs/caching.md). */
export const cacheSettings = z.object({
  /** `default_off`: only for calls that ask for it with `cache: {"use-cache": true}`. */
  mode: z.enum(['off', 'default_off', 'default_on']),
  /** Unless the call, its team or its model group says otherwise, in this order. */
  ttlMs,
  ttlMsByTeam: z.record(id, ttlMs),
  ttlMsByModel: z.record(modelName, ttlMs),
  /** Put before every key, so that a change forgets all; empty: nothing. */
  namespace: z.string().max(64),
  /** Null: all. */
  callTypes: z.array(cacheCallType).max(16).nullable(),
  /** Questions that mean the same; null: only those that are the same. */
  semantic: z
    .object({
      /** The model group that makes the embeddings, called for whoever asks. */
      embeddingModel: modelName,
      /** Cosine from which two questions count as one. */
      similarityMin: z.number().min(0).max(1),
      /** Questions remembered for each namespace; the one used least lately goes first. */
      questionsMax: z.int().min(1).max(10_000),
    })
    .nullable(),
  /** A larger answer is not kept. */
  answerBytesMax: z.int().min(1_024).max(16_777_216),
  /** What may be kept anew for one organisation within an hour. */
  organisationBytesPerHourMax: z.int().min(1_024).max(1_099_511_627_776),
});
export type CacheSettings = z.output<typeof cacheSettings>;
