/** 6 kbit/s: nothing that speech is usually sent as is denser. */
const BYTES_PER_SECOND_MIN = 750;
/** 32 kbit/s, as voice is commonly recorded. */
const BYTES_PER_SECOND_USUAL = 4_000;

/** Of a file whose length the provider will tell: never less than it. */
export const secondsMax = (file: Buffer): number => wavSeconds(file) ?? Math.ceil(file.length / BYTES_PER_SECOND_MIN);

/** Of a file whose length nobody tells. */
export const secondsUsual = (file: Buffer): number =>
  wavSeconds(file) ?? Math.ceil(file.length / BYTES_PER_SECOND_USUAL);

const WAV_HEADER_BYTES = 44;
const RATE_AT = 28;
/** No WAV of ours is denser than a compressed one: its header is the caller's word. */
const WAV_RATE_MIN = BYTES_PER_SECOND_MIN;
const WAV_RATE_MAX = 1_000_000;

/** Uncompressed sound says how many bytes a second has; null for anything else. */
function wavSeconds(file: Buffer): number | null {
  const isWav = file.length >= WAV_HEADER_BYTES && file.toString('latin1', 0, 4) === 'RIFF' && isPlainFormat(file);
  const rate = isWav ? file.readUInt32LE(RATE_AT) : 0;
  return rate >= WAV_RATE_MIN && rate <= WAV_RATE_MAX && rate === expectedRate(file)
    ? Math.ceil(file.length / rate)
    : null;
}

/** The first chunk describes the format, and that is plain samples. */
const isPlainFormat = (file: Buffer): boolean =>
  file.toString('latin1', 8, 16) === 'WAVEfmt ' && file.readUInt16LE(20) === 1;

/** Channels times samples times bytes of a sample. */
const expectedRate = (file: Buffer): number =>
  (file.readUInt16LE(22) * file.readUInt32LE(24) * file.readUInt16LE(34)) / 8;
