import { inputTokensOf, outputTokensOf, type Usage } from '@ao/pricing';

/** A usage as Google tells it: the prompt with what was cached, the candidates without the thoughts. */
export function encodeUsage(usage: Usage, serviceTier: string | null): Record<string, unknown> {
  const prompt = inputTokensOf(usage);
  const output = outputTokensOf(usage);
  const { cachedInputTokens, cachedAudioInputTokens, reasoningTokens, imageInputTokens } = usage;
  return {
    promptTokenCount: prompt,
    ...count('cachedContentTokenCount', cachedInputTokens + cachedAudioInputTokens),
    candidatesTokenCount: output - reasoningTokens,
    ...count('thoughtsTokenCount', reasoningTokens),
    totalTokenCount: prompt + output,
    ...details('promptTokensDetails', prompt, usage.audioInputTokens + cachedAudioInputTokens, imageInputTokens),
    ...details('cacheTokensDetails', cachedInputTokens + cachedAudioInputTokens, cachedAudioInputTokens, 0),
    ...details('candidatesTokensDetails', output - reasoningTokens, usage.audioOutputTokens, usage.imageOutputTokens),
    ...(serviceTier !== null && { serviceTier }),
  };
}

const count = (key: string, tokens: number): object => (tokens === 0 ? {} : { [key]: tokens });

/** By kind, where there is another than text. */
function details(key: string, tokens: number, audio: number, image: number): object {
  if (audio === 0 && image === 0) return {};
  const kinds = [
    { modality: 'TEXT', tokenCount: tokens - audio - image },
    { modality: 'AUDIO', tokenCount: audio },
    { modality: 'IMAGE', tokenCount: image },
  ];
  return { [key]: kinds.filter(({ tokenCount }) => tokenCount > 0) };
}
