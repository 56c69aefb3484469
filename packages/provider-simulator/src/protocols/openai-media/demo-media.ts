/** A PNG of one transparent pixel. */
export const DEMO_PNG: Uint8Array = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** 24,000 samples of 16 bits per second, as OpenAI's `pcm` and `wav`. */
const SAMPLE_RATE = 24_000;
const SAMPLE_BYTES = 2;
/** Speech has about this many tokens of text per second. */
const TOKENS_PER_SECOND = 4;
const PCM_BYTES_PER_TOKEN = (SAMPLE_RATE * SAMPLE_BYTES) / TOKENS_PER_SECOND;
/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: a frame of 417 bytes is 26 ms; all zeros after the header are silence. */
const MP3_FRAME_HEADER = [0xff, 0xfb, 0x90, 0x00];
const MP3_FRAME_BYTES = 417;
const MP3_FRAMES_PER_TOKEN = 10;

function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * SAMPLE_BYTES, 28);
  header.writeUInt16LE(SAMPLE_BYTES, 32);
  header.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

function mp3Silence(): Buffer {
  const frame = Buffer.alloc(MP3_FRAME_BYTES);
  frame.set(MP3_FRAME_HEADER);
  return Buffer.concat(Array.from({ length: MP3_FRAMES_PER_TOKEN }, () => frame));
}

/** Silence as long as the spoken tokens. */
export interface DemoAudio {
  readonly contentType: string;
  readonly header: Uint8Array;
  readonly perToken: Uint8Array;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};
/** What `response_format` may be. */
export const AUDIO_FORMATS = Object.keys(CONTENT_TYPES);

/** The silence of a format; `opus`, `aac` and `flac` carry the bytes of an MP3. */
export function demoAudio(format: string, tokenCount: number): DemoAudio {
  const contentType = CONTENT_TYPES[format] ?? 'application/octet-stream';
  if (format !== 'wav' && format !== 'pcm') return { contentType, header: new Uint8Array(), perToken: mp3Silence() };
  const perToken = Buffer.alloc(PCM_BYTES_PER_TOKEN);
  const header = format === 'wav' ? wavHeader(PCM_BYTES_PER_TOKEN * tokenCount) : new Uint8Array();
  return { contentType, header, perToken };
}
