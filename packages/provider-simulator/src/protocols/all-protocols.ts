import { anthropicProtocol } from './anthropic/index.js';
import { bedrockProtocol } from './bedrock/index.js';
import type { AwsCredentials } from './bedrock/signature.js';
import { cohereProtocol } from './cohere/index.js';
import { geminiProtocol } from './gemini/index.js';
import { ollamaProtocol } from './ollama/index.js';
import { openAiProtocol } from './openai/index.js';
import { openAiFilesProtocol } from './openai-files/index.js';
import { openAiMediaProtocol } from './openai-media/index.js';
import { openAiResponsesProtocol } from './openai-responses/index.js';
import type { Protocol } from './protocol.js';

/** Every protocol, in the order they are asked for a path: those before OpenAI claim a few of its paths by a header. */
export function allProtocols(awsCredentials: AwsCredentials | undefined): readonly Protocol[] {
  return [
    anthropicProtocol,
    geminiProtocol,
    cohereProtocol,
    openAiProtocol,
    openAiResponsesProtocol,
    openAiMediaProtocol,
    openAiFilesProtocol,
    ollamaProtocol,
    bedrockProtocol(awsCredentials),
  ];
}
