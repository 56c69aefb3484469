import { anthropicProtocol } from './anthropic/index.js';
import { cohereProtocol } from './cohere/index.js';
import { ollamaProtocol } from './ollama/index.js';
import { openAiProtocol } from './openai/index.js';
import { openAiFilesProtocol } from './openai-files/index.js';
import { openAiMediaProtocol } from './openai-media/index.js';
import { openAiResponsesProtocol } from './openai-responses/index.js';
import type { Protocol } from './protocol.js';

/** Every protocol, in the order they are asked for a path: OpenAI's paths are the widest. */
export function allProtocols(): readonly Protocol[] {
  return [
    anthropicProtocol,
    cohereProtocol,
    openAiProtocol,
    openAiResponsesProtocol,
    openAiMediaProtocol,
    openAiFilesProtocol,
    ollamaProtocol,
  ];
}
