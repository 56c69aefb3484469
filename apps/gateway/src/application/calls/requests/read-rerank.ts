import { usageFromCohere, usageFromOpenAi, usageOf, type Usage } from '@ao/pricing';
import type { RequestObject } from '@ao/wire';
import { jobFacts, modelOf, readJob } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** One search is a query over so many documents; a longer document counts once per so many tokens, the query with each. */
const DOCUMENTS_PER_SEARCH_UNIT = 100;
const TOKENS_PER_DOCUMENT = 500;
const DOCUMENTS_MAX = 10_000;

/** `POST /v1/rerank` and `/v2/rerank`, as Cohere, Jina and others have it: documents to be sorted by a query. */
export function readRerank(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = readJob(body);
  const model = modelOf(request, limits);
  const query = request.string('query');
  const documents = readDocuments(request);
  return jobFacts(body, request, {
    endpoint: 'rerank',
    model,
    // The model reads the query with each document.
    texts: documents.map((document) => query + document),
    assumedUsage: { searchUnits: searchUnitsMax(query, documents) },
    readUsage,
  });
}

function readDocuments(request: RequestObject): string[] {
  const documents = request.optionalArray('documents') ?? request.missing('documents');
  if (documents.length === 0 || documents.length > DOCUMENTS_MAX) {
    throw request.invalid('documents', `must have from 1 to ${DOCUMENTS_MAX} items`);
  }
  return documents.map((document) => (typeof document === 'string' ? document : JSON.stringify(document)));
}

/** Never fewer than the provider counts: a text has at most as many tokens as bytes. */
function searchUnitsMax(query: string, documents: readonly string[]): number {
  const room = Math.max(TOKENS_PER_DOCUMENT - Buffer.byteLength(query), 1);
  const pieces = documents.reduce((sum, text) => sum + Math.max(Math.ceil(Buffer.byteLength(text) / room), 1), 0);
  return Math.ceil(pieces / DOCUMENTS_PER_SEARCH_UNIT);
}

/** Cohere tells searches, others tokens. */
function readUsage({ meta, usage }: Readonly<Record<string, unknown>>): Usage | null {
  return usageFromCohere(meta) ?? usageFromOpenAi(usage) ?? usageOfTotal(usage);
}

/** Jina and Voyage tell the sum alone. */
function usageOfTotal(usage: unknown): Usage | null {
  const total = (usage as { total_tokens?: unknown } | null | undefined)?.total_tokens;
  return Number.isSafeInteger(total) && (total as number) >= 0 ? usageOf({ inputTokens: total as number }) : null;
}
