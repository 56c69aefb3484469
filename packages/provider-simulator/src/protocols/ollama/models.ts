import type { AnswerContext, Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';
import { readNamed } from './decode-chat.js';
import { LINES } from './encode-chat-stream.js';
import { errorJson } from './errors.js';

/** Recent enough for clients that ask for a version with tools and thinking. */
const VERSION = '0.40.0';
/** The names a newcomer sees; every other name is answered as well. */
const MODEL_NAMES = ['demo-chat:latest', 'demo-embedding:latest'];
/** A fixed date keeps the list the same on every run. */
const MODIFIED_AT = '2026-01-01T00:00:00Z';
const DIGEST = '5e1f7a0c'.repeat(8);
const SIZE_BYTES = 4_000_000_000;
const CONTEXT_TOKENS = 32_768;
const LOADED_MS = 300_000;
const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'demo',
  families: ['demo'],
  parameter_size: '8B',
  quantization_level: 'Q4_K_M',
};
/** How many lines tell of the layer on its way. */
const PULL_STEPS = 4;

function describe(name: string): object {
  return { name, model: name, modified_at: MODIFIED_AT, size: SIZE_BYTES, digest: DIGEST, details: DETAILS };
}

/** `GET /api/tags`. */
export function listModels(): DecodedCall {
  return answerWith(() => jsonReply({ models: MODEL_NAMES.map(describe) }));
}

/** `GET /api/ps`. */
export function listLoadedModels(): DecodedCall {
  return answerWith(({ nowMs }) => {
    const loaded = {
      expires_at: new Date(nowMs + LOADED_MS).toISOString(),
      size_vram: SIZE_BYTES,
      context_length: CONTEXT_TOKENS,
    };
    return jsonReply({ models: MODEL_NAMES.map((name) => ({ ...describe(name), ...loaded })) });
  });
}

/** `POST /api/show`: any name exists. */
export function showModel(call: Call): DecodedCall | RefusedCall {
  const read = readNamed(call.body);
  if ('kind' in read) return read;
  return answerWith(
    ({ model }) =>
      jsonReply({
        license: 'Apache-2.0',
        modelfile: `FROM ${model}\n`,
        parameters: '',
        template: '{{ .Prompt }}',
        details: DETAILS,
        model_info: { 'general.architecture': 'demo', 'demo.context_length': CONTEXT_TOKENS },
        capabilities: ['completion', 'tools', 'thinking', 'embedding'],
        modified_at: MODIFIED_AT,
      }),
    read.model,
  );
}

/** `GET /api/version`. */
export function showVersion(): DecodedCall {
  return answerWith(() => jsonReply({ version: VERSION }));
}

/** `POST /api/pull`: nothing is fetched, but its progress is told. */
export function pullModel(call: Call): DecodedCall | RefusedCall {
  const read = readNamed(call.body);
  if ('kind' in read) return read;
  const stream = read.fields['stream'] !== false;
  return answerWith((context) => (stream ? encodeProgress(context) : jsonReply({ status: 'success' })), read.model);
}

function encodeProgress(context: AnswerContext) {
  const line = (fields: object): string => `${JSON.stringify(fields)}\n`;
  const layer = { status: `pulling ${DIGEST.slice(0, 12)}`, digest: `sha256:${DIGEST}`, total: SIZE_BYTES };
  const ends = ['verifying sha256 digest', 'writing manifest', 'success'].map((status) => line({ status })).join('');
  return {
    kind: 'stream' as const,
    contentType: LINES,
    open: line({ status: 'pulling manifest' }),
    tokenCount: PULL_STEPS,
    token: (index: number) => line({ ...layer, completed: (SIZE_BYTES * (index + 1)) / PULL_STEPS }),
    close: context.behaviour.endMarker ? ends : '',
    malformed: '{"status":"pull\n',
    error: `${errorJson({ kind: 'internal', model: context.model })}\n`,
  };
}
