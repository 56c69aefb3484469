import { estimateTokens, splitTokens } from '../../answers/tokens.js';
import { errorJson } from '../openai/errors.js';
import { invalidValue, missing, readModel, wrongType } from '../openai/validate.js';
import type { AnswerContext, Call, DecodedCall, Frame, RefusedCall, Reply } from '../protocol.js';
import { answerWith, serverEvent } from '../replies.js';
import { AUDIO_FORMATS, demoAudio, type DemoAudio } from './demo-media.js';

/** OpenAI's own limit. */
const INPUT_CHARACTERS_MAX = 4096;

/** `POST /v1/audio/speech`: silence, whole, in pieces (`stream_format: audio`) or as events (`sse`). */
export function speak(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { input, voice, response_format: format = 'mp3', stream_format: streamFormat } = read.fields;
  if (input === undefined) return missing('input');
  if (typeof input !== 'string') return wrongType('input', 'a string', input);
  if (input.length > INPUT_CHARACTERS_MAX) {
    return invalidValue(
      'input',
      `string too long. Expected at most ${INPUT_CHARACTERS_MAX} characters.`,
      'string_above_max_length',
    );
  }
  if (voice === undefined) return missing('voice');
  if (typeof format !== 'string' || !AUDIO_FORMATS.includes(format)) {
    return invalidValue('response_format', `expected one of ${AUDIO_FORMATS.join(', ')}.`);
  }
  const tokenCount = splitTokens(input).length;
  return answerWith((context) => {
    const audio = demoAudio(format, tokenCount);
    if (streamFormat === 'sse') return encodeEvents(audio, tokenCount, input, context);
    return streamFormat === 'audio' ? encodePieces(audio, tokenCount) : encodeWhole(audio, tokenCount);
  }, read.model);
}

function encodeWhole({ contentType, header, perToken }: DemoAudio, tokenCount: number): Reply {
  const body = Buffer.concat([header, ...Array.from({ length: tokenCount }, () => perToken)]);
  return { kind: 'whole', status: 200, contentType, body };
}

/** Sound has no place for an error or a broken frame but bytes that are none of it. */
function encodePieces({ contentType, header, perToken }: DemoAudio, tokenCount: number): Reply {
  const noise: Frame = Buffer.from('no audio');
  return {
    kind: 'stream',
    contentType,
    open: header,
    tokenCount,
    token: () => perToken,
    close: '',
    malformed: noise,
    error: noise,
  };
}

function encodeEvents(audio: DemoAudio, tokenCount: number, input: string, context: AnswerContext): Reply {
  const { behaviour, model } = context;
  const inputTokens = behaviour.inputTokens ?? estimateTokens(input.length);
  const outputTokens = behaviour.outputTokens ?? tokenCount;
  const usage = { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
  const delta = (bytes: Uint8Array): string =>
    serverEvent('speech.audio.delta', { audio: Buffer.from(bytes).toString('base64') });
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: audio.header.length > 0 ? delta(audio.header) : '',
    tokenCount,
    token: () => delta(audio.perToken),
    close: behaviour.endMarker ? serverEvent('speech.audio.done', behaviour.usage ? { usage } : {}) : '',
    malformed: 'event: speech.audio.delta\ndata: {"audio":"brok\n\n',
    error: `event: error\ndata: ${errorJson({ kind: 'internal', model })}\n\n`,
  };
}
