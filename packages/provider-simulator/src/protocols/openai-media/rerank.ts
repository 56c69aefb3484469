import { estimateTokens } from '../../answers/tokens.js';
import { rankDocuments, textOfDocument } from '../rank-documents.js';
import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';

const DOCUMENTS_MAX = 1000;

/** `POST /v1/rerank`, in the shape that Jina and compatible servers share: scored documents, best first, and tokens used. */
export function rerank(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const { query, documents } = fields;
  if (query === undefined) return missing('query');
  if (typeof query !== 'string') return wrongType('query', 'a string', query);
  if (documents === undefined) return missing('documents');
  if (!Array.isArray(documents)) return wrongType('documents', 'an array', documents);
  if (documents.length === 0 || documents.length > DOCUMENTS_MAX) {
    return invalidValue('documents', `expected 1 to ${DOCUMENTS_MAX} elements.`);
  }
  const refusal = checkInteger(fields, 'top_n', 1, DOCUMENTS_MAX);
  if (refusal !== undefined) return refusal;
  const texts = documents.map(textOfDocument);
  const withText = fields['return_documents'] !== false;
  return answerWith((context) => {
    const results = rankDocuments(query, texts, optionalNumber(fields, 'top_n')).map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(withText ? { document: { text: texts[index] } } : {}),
    }));
    const counted = texts.reduce((sum, text) => sum + estimateTokens(text.length), estimateTokens(query.length));
    const tokens = context.behaviour.inputTokens ?? counted;
    const usage = context.behaviour.usage ? { prompt_tokens: tokens, total_tokens: tokens } : undefined;
    return jsonReply({ id: `rerank-${context.id}`, model: context.model, results, usage });
  }, model);
}
