import { embeddingVector } from '../answers/embedding-vector.js';

/** Enough to tell texts apart, and quick for a thousand documents. */
const DIMENSIONS = 128;

/** The text of a document given as such, or as an object with a field `text`. */
export function textOfDocument(document: unknown): string {
  if (typeof document === 'string') return document;
  if (typeof document !== 'object' || document === null) return String(document);
  return 'text' in document ? String(document.text) : JSON.stringify(document);
}

/** The documents, best first, with scores from 0 to 1: the more words they share with the query, the higher. */
export function rankDocuments(
  query: string,
  documents: readonly string[],
  countMax = documents.length,
): { readonly index: number; readonly score: number }[] {
  const wanted = embeddingVector(query, DIMENSIONS);
  return documents
    .map((document, index) => {
      const vector = embeddingVector(document, DIMENSIONS);
      const likeness = vector.reduce((sum, value, position) => sum + value * wanted[position]!, 0);
      return { index, score: Math.min(1, Math.max(0, (likeness + 1) / 2)) };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, countMax);
}
