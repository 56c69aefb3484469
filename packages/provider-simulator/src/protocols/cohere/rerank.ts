import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { rankDocuments, textOfDocument } from '../rank-documents.js';
import { answerWith, jsonReply } from '../replies.js';

const DOCUMENTS_MAX = 1000;
/** Cohere bills one search for each started hundred of documents. */
const DOCUMENTS_PER_SEARCH = 100;

/** `POST /v2/rerank`. */
export function rerank(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const { query, documents } = fields;
  if (typeof query !== 'string') return query === undefined ? missing('query') : wrongType('query', 'a string', query);
  if (!Array.isArray(documents)) return missing('documents');
  if (documents.length === 0 || documents.length > DOCUMENTS_MAX) {
    return invalidValue('documents', `expected 1 to ${DOCUMENTS_MAX} elements.`);
  }
  const refusal = checkInteger(fields, 'top_n', 1, DOCUMENTS_MAX);
  if (refusal !== undefined) return refusal;
  const texts = documents.map(textOfDocument);
  return answerWith((context) => {
    const ranked = rankDocuments(query, texts, optionalNumber(fields, 'top_n'));
    const searches = Math.ceil(texts.length / DOCUMENTS_PER_SEARCH);
    const billed = context.behaviour.usage ? { billed_units: { search_units: searches } } : {};
    return jsonReply({
      id: context.id,
      results: ranked.map(({ index, score }) => ({ index, relevance_score: score })),
      meta: { api_version: { version: '2' }, ...billed },
    });
  }, model);
}
