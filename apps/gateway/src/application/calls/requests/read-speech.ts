import { jobFacts, modelOf, readJob } from './read-job.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/**
 * Sound is billed at some 20 tokens a second, and nobody says fewer than ten Latin letters in one; other scripts have more
 * bytes a letter, and more sound.
 */
const SOUND_TOKENS_PER_BYTE = 2;
const SPEED_MIN = 0.25;
const SPEED_MAX = 4;

/** `POST /v1/audio/speech`: billed by the characters of the text, or by tokens that only we count. */
export function readSpeech(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = readJob(body);
  const model = modelOf(request, limits);
  const input = request.string('input');
  if (input === '') request.missing('input');
  const speed = request.optionalNumber('speed', SPEED_MIN, SPEED_MAX) ?? 1;
  const soundTokens = Math.ceil((Buffer.byteLength(input) * SOUND_TOKENS_PER_BYTE) / Math.min(speed, 1));
  return jobFacts(body, request, {
    endpoint: 'audio/speech',
    model,
    texts: [input, request.optionalString('instructions') ?? ''],
    assumedUsage: { characters: characterCount(input), audioOutputTokens: soundTokens },
    outputTokensMax: soundTokens,
  });
}

/** Code points, as people count them: a smiley is one. */
const characterCount = (text: string): number => Array.from(text).length;
