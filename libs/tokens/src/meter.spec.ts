import { createRequire } from 'node:module';
import fc from 'fast-check';
import { anyChunks, anyText, MODEL_OF_STRATEGY } from './__fixtures__/texts.js';
import { Encoder } from './encoder.js';
import { countTextExact } from './exact.js';
import { meterText, StreamCounter } from './meter.js';
import { EncoderTextCounter, type TextCounter } from './text-counter.js';

const models = Object.values(MODEL_OF_STRATEGY);
const totalOf = (counter: TextCounter, chunks: readonly string[]): number => {
  chunks.forEach((chunk) => counter.append(chunk));
  return counter.total();
};

describe('metering counter', () => {
  it('[MT-003] gives one text each strategy’s figure and says which are estimates', () => {
    const text = 'The quick brown fox jumps over the lazy dog. 敏捷的棕色狐狸';
    const figures = Object.values(MODEL_OF_STRATEGY).map((model) => meterText(model, text));
    expect(figures).toEqual([
      { tokens: countTextExact('gpt-4o', text), estimated: false, strategy: 'openai' },
      { tokens: 22, estimated: true, strategy: 'anthropic' },
      { tokens: 17, estimated: true, strategy: 'gemini' },
      { tokens: countTextExact('gpt-4', text), estimated: true, strategy: 'llama' },
      { tokens: 19, estimated: true, strategy: 'characters' },
    ]);
  });

  it.each([
    ['bedrock/us.anthropic.claude-3-5-sonnet-20240620-v1:0', 'anthropic'],
    ['google/gemini-2.0-flash', 'gemini'],
    ['mistral/codestral-latest', 'llama'],
    ['openai/gpt-4.1', 'openai'],
    ['demo-chat', 'characters'],
    ['', 'characters'],
  ])('[MT-003] chooses the strategy of %j by its name: %s', (model, strategy) => {
    expect(meterText(model, 'x').strategy).toBe(strategy);
  });

  it.each(models)('counts nothing as nothing for %s', (model) => {
    expect(meterText(model, '').tokens).toBe(0);
  });
});

describe('stream counter', () => {
  it.each(models)('[MT-006] counts N chunks as their text, wherever they are cut, for %s', (model) => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const counter = new StreamCounter(model);
        let sofar = '';
        for (const chunk of chunks) {
          counter.append(chunk);
          sofar += chunk;
          expect(counter.total()).toBe(meterText(model, sofar).tokens);
          expect(counter.totalBound()).toBeGreaterThanOrEqual(counter.total());
        }
      }),
    );
  });

  it.each(['gpt-4o', 'gpt-4'])('[MT-006] agrees with the exact counter on the whole text for %s', (model) => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 5 }), (text, size) => {
        const count = Math.ceil(text.length / size);
        const chunks = Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size));
        expect(totalOf(new StreamCounter(model), chunks)).toBe(countTextExact(model, text));
      }),
      { numRuns: 300 },
    );
  });

  it('makes the same forced cuts in an unbroken run as the count of the whole text', () => {
    const { pat_str: pattern } = createRequire(import.meta.url)('js-tiktoken/ranks/o200k_base') as { pat_str: string };
    // With no merges every byte is a token, so that only pieces of known words tell where the cuts fell.
    const encoder = new Encoder(
      new Map(['aaa', 'bbbb', 'ไท', '😀😀', '𝐀𝐀'].map((word, rank) => [Buffer.from(word).toString('latin1'), rank])),
      pattern,
      5,
    );
    const run = fc.array(fc.constantFrom('a', 'b', 'ไ', 'ท', '😀', '𝐀', ' ', '7'), { maxLength: 60 });
    fc.assert(
      fc.property(run, fc.array(fc.nat({ max: 60 }), { maxLength: 8 }), (letters, places) => {
        const text = letters.join('');
        const cuts = [0, ...places.sort((a, b) => a - b), text.length];
        const chunks = cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut));
        expect(totalOf(new EncoderTextCounter(encoder), chunks)).toBe(encoder.count(text));
      }),
      { numRuns: 500 },
    );
  });

  it('settles text as it goes: a long stream keeps only its last words', () => {
    const counter = new StreamCounter('gpt-4o');
    const word = 'lorem ipsum ';
    for (let index = 0; index < 10_000; index++) counter.append(word);
    expect(counter.totalBound() - counter.total()).toBeLessThan(word.length);
  });
});
