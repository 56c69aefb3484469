import { AppError } from '@ao/kernel';
import { inputTokensOf } from '@ao/pricing';
import type { Exchange, WholeAnswer } from '../exchange/exchange.js';
import { readOrNull } from '../exchange/translate.js';
import { parseBody, RequestObject } from '../json-object.js';
import { cohereEmbeddings } from './cohere.js';
import type { EmbeddingsCodec, Vectors } from './codec.js';
import { geminiEmbeddings } from './gemini.js';
import { ollamaEmbeddings } from './ollama.js';

const CODECS = { gemini: geminiEmbeddings, cohere: cohereEmbeddings, ollama: ollamaEmbeddings } as const;

/** Formats of embeddings that OpenAI's can be translated to. */
export type TranslatedEmbeddings = keyof typeof CODECS;

export const isTranslatedEmbeddings = (format: string): format is TranslatedEmbeddings => Object.hasOwn(CODECS, format);

const DIMENSIONS_MAX = 65_536;

/** How the answer is to look. */
interface AnswerFormat {
  /** As the client named it. */
  readonly model: string;
  readonly texts: number;
  readonly isBase64: boolean;
}

/**
 * `POST /v1/embeddings` for a provider with another format.
 * @param model The provider's own name.
 * @throws AppError `unsupported_parameter` for tokens instead of texts, `invalid_parameter`.
 */
export function translateEmbeddings(body: Buffer, format: TranslatedEmbeddings, model: string): Exchange {
  const codec = CODECS[format];
  const request = RequestObject.of(parseBody(body));
  const texts = textsOf(request);
  const encoding = request.optionalString('encoding_format') ?? 'float';
  if (encoding !== 'float' && encoding !== 'base64') {
    throw request.invalid('encoding_format', 'must be "float" or "base64"');
  }
  const dimensions = request.optionalInteger('dimensions', 1, DIMENSIONS_MAX);
  const encoded = codec.encode({ model, texts, dimensions, purpose: request.optionalString('input_type') });
  const answer = { model: request.string('model'), texts: texts.length, isBase64: encoding === 'base64' };
  return {
    endpoint: 'embeddings',
    body: Buffer.from(JSON.stringify(encoded)),
    dropped: [],
    readAnswer: (bytes) => readVectors(bytes, codec, answer),
    openStream: () => {
      throw new TypeError('embeddings are not streamed');
    },
    mapError: (status, bytes) => codec.mapError(status, bytes),
  };
}

function textsOf(request: RequestObject): readonly string[] {
  const texts = [request.json['input']].flat();
  if (texts.every((text) => typeof text === 'string')) return texts;
  throw new AppError('unsupported_parameter', "The provider of this model takes texts as 'input', no tokens.", {
    param: 'input',
  });
}

/** Null also when a text has no vector: the client would take another's for it. */
function readVectors(bytes: Buffer, codec: EmbeddingsCodec, format: AnswerFormat): WholeAnswer | null {
  const read = readOrNull(() => codec.decode(JSON.parse(bytes.toString('utf8'))));
  if (!read || read.vectors.length !== format.texts) return null;
  const body = Buffer.from(JSON.stringify(toOpenAi(read, format)));
  return {
    body,
    contentType: 'application/json',
    finishReason: null,
    usage: read.usage,
    serviceTier: null,
    text: () => '',
    withCost: () => body,
  };
}

function toOpenAi({ vectors, usage }: Vectors, { model, isBase64 }: AnswerFormat): object {
  const tokens = usage ? inputTokensOf(usage) : 0;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isBase64 ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

const FLOAT_BYTES = 4;

/** Little-endian 32-bit floats, whatever machine this runs on. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * FLOAT_BYTES);
  vector.forEach((number, index) => bytes.writeFloatLE(number, index * FLOAT_BYTES));
  return bytes.toString('base64');
}
