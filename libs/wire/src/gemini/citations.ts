import type { Citation } from '../canonical/index.js';
import { fieldsOf, isObject, listOf, objectsOf, textOrNull } from '../json-object.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Where a candidate says that its text comes from: what it searched for (`groundingMetadata`) and what it recited
 * (`citationMetadata`).
 * @param texts What each part of the answer says; Google counts in bytes within one of them.
 */
export function citationsOf(candidate: Json, texts: readonly string[]): Citation[] {
  const recited = fieldsOf(candidate['citationMetadata']);
  const sources = objectsOf(recited['citationSources'] ?? recited['citations']);
  return [
    ...groundingOf(fieldsOf(candidate['groundingMetadata']), texts),
    ...sources.map((source) => ({
      title: textOrNull(source['title']),
      url: textOrNull(source['uri']),
      text: null,
      ...placeOf(source, texts),
    })),
  ];
}

function groundingOf(metadata: Json, texts: readonly string[]): Citation[] {
  const chunks = listOf(metadata['groundingChunks']).map(sourceOf);
  const supports = objectsOf(metadata['groundingSupports']);
  const whole = { start: null, end: null };
  if (supports.length === 0) return chunks.map((source) => ({ ...source, ...whole }));
  return supports.flatMap((support) => {
    const place = placeOf(fieldsOf(support['segment']), texts);
    const sources = listOf(support['groundingChunkIndices']).flatMap((index) => chunks[Number(index)] ?? []);
    return sources.map((source) => ({ ...source, ...place }));
  });
}

function sourceOf(chunk: unknown): Pick<Citation, 'title' | 'url' | 'text'> {
  const { web, retrievedContext, maps } = fieldsOf(chunk);
  const source = fieldsOf(web ?? retrievedContext ?? maps);
  return {
    title: textOrNull(source['title']),
    url: textOrNull(source['uri']),
    text: isObject(retrievedContext) ? textOrNull(source['text']) : null,
  };
}

/** A stretch of bytes as UTF-16 units of the whole text. An absent start is 0, as protobuf has it; without an end none is known. */
function placeOf(segment: Json, texts: readonly string[]): Pick<Citation, 'start' | 'end'> {
  const { startIndex, endIndex } = segment;
  if (!Number.isInteger(endIndex)) return { start: null, end: null };
  const partIndex = Number(segment['partIndex'] ?? 0);
  const part = partIndex < texts.length ? partIndex : 0;
  const before = texts.slice(0, part).join('').length;
  const bytes = Buffer.from(texts.slice(part).join(''));
  const unitsTo = (index: unknown): number => before + bytes.toString('utf8', 0, Number(index ?? 0)).length;
  return { start: unitsTo(startIndex), end: unitsTo(endIndex) };
}

/** Citations as `groundingMetadata` of an answer with this text, or nothing. */
export function groundingMetadata(citations: readonly Citation[], text: string): { groundingMetadata?: object } {
  if (citations.length === 0) return {};
  const supports = citations.flatMap(({ start, end }, index) => {
    if (start === null || end === null) return [];
    const segment = { startIndex: bytesTo(text, start), endIndex: bytesTo(text, end), text: text.slice(start, end) };
    return [{ segment, groundingChunkIndices: [index] }];
  });
  return {
    groundingMetadata: {
      groundingChunks: citations.map(chunkOf),
      ...(supports.length > 0 && { groundingSupports: supports }),
    },
  };
}

const bytesTo = (text: string, units: number): number => Buffer.byteLength(text.slice(0, units));

function chunkOf({ title, url, text }: Citation): object {
  const source = { ...(url !== null && { uri: url }), ...(title !== null && { title }) };
  return text === null ? { web: source } : { retrievedContext: { ...source, text } };
}
