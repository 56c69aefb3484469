import type { ProviderProfile } from '../profile.js';
import { anthropic } from './anthropic.js';
import { azure } from './azure.js';
import { bedrock } from './bedrock.js';
import { cohere } from './cohere.js';
import { DECLARED } from './declared/index.js';
import { gemini } from './gemini.js';
import { ollama } from './ollama.js';
import { openai } from './openai.js';
import { vertex } from './vertex.js';
import { vllm } from './vllm.js';

/** Every kind of provider: one line each. */
export const PROFILES: readonly ProviderProfile[] = [
  openai,
  azure,
  anthropic,
  gemini,
  vertex,
  bedrock,
  cohere,
  ollama,
  vllm,
  ...DECLARED,
];
