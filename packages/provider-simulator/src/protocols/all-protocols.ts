import { anthropicProtocol } from './anthropic/index.js';
import { openAiProtocol } from './openai/index.js';
import type { Protocol } from './protocol.js';

/** Every protocol, in the order they are asked for a path: OpenAI's paths are the widest. */
export function allProtocols(): readonly Protocol[] {
  return [anthropicProtocol, openAiProtocol];
}
