export {
  cutsOf,
  locateFields,
  readJson,
  replaceFields,
  type ByteRange,
  type LocatedFields,
  type NewFieldValue,
} from './json-fields.js';
export { JSON_DEPTH_MAX } from './json-scan.js';
export { frameData } from './sse-frame.js';
export { FRAME_BYTES_MAX, SseScanner } from './sse-scanner.js';
export * as openai from './openai/index.js';
export * from './embeddings/index.js';
export * from './form/index.js';
export { anthropic } from './anthropic/index.js';
export { decodeCountTokensRequest, encodeTokenCount, gemini } from './gemini/index.js';
export { bedrock } from './bedrock/index.js';
export { cohere } from './cohere/index.js';
export { ollama, ollamaGenerate } from './ollama/index.js';
export { openAiChat } from './openai-chat/index.js';
export {
  encodeCompletionRequest,
  openAiCompletions,
  readCompletionRequest,
  type CompletionRequest,
} from './openai-completions/index.js';
export { openAiResponses } from './openai-responses/index.js';
export { isVendorTool } from './canonical/vendor-tools.js';
export { eventsOf, readStream } from './canonical/assemble.js';
export type * from './canonical/index.js';
export type * from './protocol.js';
export * from './exchange/index.js';
export { isObject, parseBody, type RequestObject } from './json-object.js';
