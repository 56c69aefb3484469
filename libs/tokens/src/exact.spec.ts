import fc from 'fast-check';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { Tiktoken } from 'js-tiktoken/lite';
import { anyText } from './__fixtures__/texts.js';
import { countTextExact } from './exact.js';

const oracles = { 'gpt-4o': new Tiktoken(o200k), 'gpt-4': new Tiktoken(cl100k) };
const models = Object.keys(oracles) as (keyof typeof oracles)[];
const reference = (model: keyof typeof oracles, text: string) => oracles[model].encode(text, [], []).length;

describe('exact text counter', () => {
  it.each([
    ['gpt-4', 'tiktoken is great!', 6],
    ['gpt-4', 'hello world', 2],
    ['gpt-4o', 'hello world', 2],
    ['gpt-3.5-turbo', 'antidisestablishmentarianism', 6],
    ['gpt-4o', '2 + 2 = 4', 7],
    ['gpt-4-turbo', 'お誕生日おめでとう', 9],
    ['gpt-4.1', 'お誕生日おめでとう', 8],
    ['gpt-4.5-preview', 'お誕生日おめでとう', 8],
    ['o1-mini', 'お誕生日おめでとう', 8],
    ['o3', 'お誕生日おめでとう', 8],
    ['gpt-5-mini', 'お誕生日おめでとう', 8],
    ['gpt-9-imaginary', 'お誕生日おめでとう', 8],
    ['openai/gpt-4', 'お誕生日おめでとう', 9],
    ['openrouter/openai/gpt-4o', 'お誕生日おめでとう', 8],
    ['ft:gpt-3.5-turbo:acme::1', 'お誕生日おめでとう', 9],
    ['gpt-4o', '', 0],
    ['claude-x', 'hello', -1],
    ['mistral/mistral-large', 'hello', -1],
    ['olmo-2', 'hello', -1],
  ])('[MT-001] %s counts %j as %i', (model, text, tokens) => {
    expect(countTextExact(model, text)).toBe(tokens);
  });

  it.each(models)('[MT-001] agrees with the reference implementation for %s on any text', (model) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countTextExact(model, text)).toBe(reference(model, text));
      }),
      { numRuns: 500 },
    );
  });

  it('counts special tokens in user text as text', () => {
    expect(countTextExact('gpt-4o', '<|endoftext|>')).toBeGreaterThan(1);
    expect(countTextExact('gpt-4', 'a<|endofprompt|>b')).toBe(reference('gpt-4', 'a<|endofprompt|>b'));
  });

  it.each([
    ['a', 1_000_000],
    ['=', 1_000_000],
    [' ', 1_000_000],
    ['ไ', 333_333],
  ])(
    'counts a megabyte of %j in seconds, not hours',
    (letter, times) => {
      const startedAt = performance.now();
      const tokens = countTextExact('gpt-4o', letter.repeat(times));
      expect(tokens).toBeGreaterThan(1_000);
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    },
    30_000,
  );
});
