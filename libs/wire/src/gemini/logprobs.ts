import { fieldsOf, listOf, objectsOf } from '../json-object.js';

type Json = Readonly<Record<string, unknown>>;

/** Google's `logprobsResult` as OpenAI's `logprobs`; null where there is none. */
export function logprobsFromGemini(result: unknown): object | null {
  const { chosenCandidates, topCandidates } = fieldsOf(result);
  if (!Array.isArray(chosenCandidates)) return null;
  const others = listOf(topCandidates);
  const content = objectsOf(chosenCandidates).map((chosen, index) => ({
    ...tokenOf(chosen),
    top_logprobs: objectsOf(fieldsOf(others[index])['candidates']).map(tokenOf),
  }));
  return { content, refusal: null };
}

function tokenOf({ token, logProbability }: Json): object {
  const text = typeof token === 'string' ? token : '';
  return { token: text, logprob: Number(logProbability ?? 0), bytes: [...Buffer.from(text)] };
}

/** OpenAI's `logprobs` as Google's `logprobsResult`, or nothing. */
export function logprobsToGemini(logprobs: unknown): { logprobsResult?: object } {
  const { content } = fieldsOf(logprobs);
  if (!Array.isArray(content)) return {};
  const tokens = objectsOf(content);
  const topCandidates = tokens.map((token) => ({ candidates: objectsOf(token['top_logprobs']).map(candidateOf) }));
  const hasOthers = topCandidates.some(({ candidates }) => candidates.length > 0);
  return { logprobsResult: { chosenCandidates: tokens.map(candidateOf), ...(hasOthers && { topCandidates }) } };
}

const candidateOf = ({ token, logprob }: Json): object => ({ token, logProbability: logprob });
