import fc from 'fast-check';
import { demoText, demoTextOfLength } from './demo-text.js';
import { estimateTokens, splitTokens } from './tokens.js';

describe('tokens', () => {
  it('give the text again and never part a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tokens = splitTokens(text);
        expect(tokens.join('')).toBe(text);
        expect(tokens).toHaveLength(Math.ceil(Array.from(text).length / 4));
      }),
    );
  });

  it('are never fewer than one for an input', () => {
    expect([0, 1, 4, 5].map(estimateTokens)).toEqual([1, 1, 1, 2]);
  });
});

describe('the demo text', () => {
  it('says that it is a demo and repeats the start of the question', () => {
    const text = demoText(`What is\nthe ${'very '.repeat(50)}answer?`);
    expect(text).toContain('demo answer');
    expect(text).toContain('You asked: "What is the very');
    expect(text.length).toBeLessThan(220);
    expect(demoText('  ')).toContain('Ask me anything');
  });

  it('has exactly the length that is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 500 }), (question, count) => {
        expect(splitTokens(demoTextOfLength(question, count))).toHaveLength(count);
      }),
    );
  });
});
