import { demoText } from '../../answers/demo-text.js';
import { estimateTokens, splitTokens } from '../../answers/tokens.js';
import { errorJson } from '../openai/errors.js';
import type { Fields } from '../fields.js';
import { invalidValue, readModel } from '../openai/validate.js';
import type { AnswerContext, Call, DecodedCall, RefusedCall, Reply, StreamReply, WholeReply } from '../protocol.js';
import { answerWith, jsonReply, serverEvent } from '../replies.js';
import { filesOf, typedFields } from './form-fields.js';

const FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'];
/** Of a compressed recording; what was really said in it nobody looks at. */
const BYTES_PER_SECOND = 16_000;
const AUDIO_TOKENS_PER_SECOND = 10;

type Task = 'transcribe' | 'translate';

interface Recording {
  readonly task: Task;
  readonly fields: Fields;
  readonly seconds: number;
}

/** `POST /v1/audio/transcriptions`, a form. */
export function transcribe(call: Call): DecodedCall | RefusedCall {
  return readRecording(call, 'transcribe');
}

/** `POST /v1/audio/translations`, a form. */
export function translate(call: Call): DecodedCall | RefusedCall {
  return readRecording(call, 'translate');
}

function readRecording(call: Call, task: Task): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const files = filesOf(read.fields, 'file');
  if ('kind' in files) return files;
  const fields = typedFields(read.fields);
  const format = fields['response_format'] ?? 'json';
  if (typeof format !== 'string' || !FORMATS.includes(format)) {
    return invalidValue('response_format', `expected one of ${FORMATS.join(', ')}.`);
  }
  const recording = { task, fields, seconds: Math.max(1, Math.ceil(files[0]!.bytes.length / BYTES_PER_SECOND)) };
  return answerWith((context) => {
    const text = context.behaviour.text ?? demoText('');
    return fields['stream'] === true ? encodeStream(recording, text, context) : encode(recording, text, context);
  }, read.model);
}

/** Whisper is billed by the second, every newer model by the token. */
function encodeUsage({ seconds }: Recording, text: string, { model, behaviour }: AnswerContext): object | undefined {
  if (!behaviour.usage) return undefined;
  if (model.startsWith('whisper')) return { type: 'duration', seconds };
  const audioTokens = behaviour.inputTokens ?? seconds * AUDIO_TOKENS_PER_SECOND;
  const outputTokens = behaviour.outputTokens ?? estimateTokens(text.length);
  return {
    type: 'tokens',
    input_tokens: audioTokens,
    input_token_details: { text_tokens: 0, audio_tokens: audioTokens },
    output_tokens: outputTokens,
    total_tokens: audioTokens + outputTokens,
  };
}

function plainText(body: string): WholeReply {
  return { kind: 'whole', status: 200, contentType: 'text/plain; charset=utf-8', body };
}

function encode(recording: Recording, text: string, context: AnswerContext): Reply {
  const { fields, task, seconds } = recording;
  const end = `00:00:${String(Math.min(seconds, 59)).padStart(2, '0')}`;
  switch (fields['response_format']) {
    case 'text':
      return plainText(`${text}\n`);
    case 'srt':
      return plainText(`1\n00:00:00,000 --> ${end},000\n${text}\n\n`);
    case 'vtt':
      return plainText(`WEBVTT\n\n00:00:00.000 --> ${end}.000\n${text}\n\n`);
    case 'verbose_json': {
      const language = task === 'translate' ? 'english' : (fields['language'] ?? 'english');
      const usage = context.behaviour.usage ? { type: 'duration', seconds } : undefined;
      return jsonReply({ task, language, duration: seconds, text, segments: [segmentOf(text, seconds)], usage });
    }
    default:
      return jsonReply({ text, usage: encodeUsage(recording, text, context) });
  }
}

function segmentOf(text: string, end: number): object {
  const figures = { temperature: 0, avg_logprob: -0.1, compression_ratio: 1, no_speech_prob: 0.01 };
  return { id: 0, seek: 0, start: 0, end, text, tokens: [], ...figures };
}

function encodeStream(recording: Recording, text: string, context: AnswerContext): StreamReply {
  const tokens = splitTokens(text);
  const usage = encodeUsage(recording, text, context);
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: '',
    tokenCount: tokens.length,
    token: (index) => serverEvent('transcript.text.delta', { delta: tokens[index]! }),
    close: context.behaviour.endMarker ? serverEvent('transcript.text.done', { text, usage }) : '',
    malformed: 'event: transcript.text.delta\ndata: {"delta":"brok\n\n',
    error: `event: error\ndata: ${errorJson({ kind: 'internal', model: context.model })}\n\n`,
  };
}
