import { isTokenCount, type Usage } from '../usage.js';
import { believable, countIn, isObject, takerFrom, type Json } from './reported.js';

/**
 * Reads the `usageMetadata` of a Gemini answer (the Gemini API, Vertex AI, live sessions). The prompt includes the cached
 * content, but not the prompts of tool use; the candidates do not include the thoughts.
 * @returns null when there is no object, or the prompt's total is missing or a total unbelievable.
 */
export function usageFromGemini(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  const prompt = json['promptTokenCount'];
  // Absent when nothing was generated, because of a block for instance.
  const candidates = json['candidatesTokenCount'] ?? json['responseTokenCount'] ?? 0;
  if (!isTokenCount(prompt) || !isTokenCount(candidates)) return null;
  return believable({ ...splitPrompt(json, prompt), ...splitCandidates(json, candidates) });
}

function splitPrompt(json: Json, prompt: number): Partial<Usage> {
  const cached = countIn(json, 'cachedContentTokenCount');
  const take = takerFrom(prompt);
  const takeCached = takerFrom(take(cached));
  const cachedAudioInputTokens = takeCached(tokensOf(json['cacheTokensDetails'], 'AUDIO'));
  const cachedInputTokens = takeCached(cached);
  const cachedImages = Math.min(tokensOf(json['cacheTokensDetails'], 'IMAGE'), cachedInputTokens);
  // The details of the prompt include what was cached.
  const ofPrompt = (modality: string, cachedTokens: number): number =>
    take(Math.max(tokensOf(json['promptTokensDetails'], modality) - cachedTokens, 0));
  const audioInputTokens = ofPrompt('AUDIO', cachedAudioInputTokens);
  const imageInputTokens = ofPrompt('IMAGE', cachedImages);
  const inputTokens = take(prompt) + countIn(json, 'toolUsePromptTokenCount');
  return { cachedAudioInputTokens, cachedInputTokens, audioInputTokens, imageInputTokens, inputTokens };
}

function splitCandidates(json: Json, candidates: number): Partial<Usage> {
  const details = json['candidatesTokensDetails'] ?? json['responseTokensDetails'];
  const take = takerFrom(candidates);
  const audioOutputTokens = take(tokensOf(details, 'AUDIO'));
  const imageOutputTokens = take(tokensOf(details, 'IMAGE'));
  const reasoningTokens = countIn(json, 'thoughtsTokenCount');
  return { audioOutputTokens, imageOutputTokens, reasoningTokens, outputTokens: take(candidates) };
}

function tokensOf(details: unknown, modality: string): number {
  if (!Array.isArray(details)) return 0;
  const parts = details.filter((part): part is Json => isObject(part) && part['modality'] === modality);
  return parts.reduce((sum, part) => sum + countIn(part, 'tokenCount'), 0);
}
