import type { ProviderProfile } from '../profile.js';
import { openai } from './openai.js';
import { vllm } from './vllm.js';

/** Every kind of provider: one line each. */
export const PROFILES: readonly ProviderProfile[] = [openai, vllm];
