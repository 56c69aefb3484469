import { cerebras } from './cerebras.js';
import { dashscope } from './dashscope.js';
import { deepinfra } from './deepinfra.js';
import { deepseek } from './deepseek.js';
import { fireworksAi } from './fireworks-ai.js';
import { github } from './github.js';
import { groq } from './groq.js';
import { huggingface } from './huggingface.js';
import { hyperbolic } from './hyperbolic.js';
import { litellmProxy } from './litellm-proxy.js';
import { llamafile } from './llamafile.js';
import { lmStudio } from './lm-studio.js';
import { metaLlama } from './meta-llama.js';
import { mistral } from './mistral.js';
import { moonshot } from './moonshot.js';
import { nebius } from './nebius.js';
import { novita } from './novita.js';
import { nscale } from './nscale.js';
import { nvidiaNim } from './nvidia-nim.js';
import { openrouter } from './openrouter.js';
import { perplexity } from './perplexity.js';
import { sambanova } from './sambanova.js';
import { togetherAi } from './together-ai.js';
import { volcengine } from './volcengine.js';
import { xai } from './xai.js';
import { zai } from './zai.js';

/** Providers that differ from OpenAI in nothing but data: a file and a line here each. */
export const DECLARED = [
  cerebras,
  dashscope,
  deepinfra,
  deepseek,
  fireworksAi,
  github,
  groq,
  huggingface,
  hyperbolic,
  litellmProxy,
  llamafile,
  lmStudio,
  metaLlama,
  mistral,
  moonshot,
  nebius,
  novita,
  nscale,
  nvidiaNim,
  openrouter,
  perplexity,
  sambanova,
  togetherAi,
  volcengine,
  xai,
  zai,
];
