import fc from 'fast-check';
import { embeddingVector } from './embedding-vector.js';

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe('an embedding', () => {
  it('is a unit vector of the asked size, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 300 }), (text, dimensions) => {
        const vector = embeddingVector(text, dimensions);
        expect(vector).toHaveLength(dimensions);
        expect(dot(vector, vector)).toBeCloseTo(1, 4);
        expect(embeddingVector(text, dimensions)).toEqual(vector);
      }),
    );
  });

  it('lies closer to a text with the same words than to another', () => {
    const question = embeddingVector('How do I reset my password?', 512);
    const alike = dot(question, embeddingVector('how do I reset the password', 512));
    const unlike = dot(question, embeddingVector('The weather in Lisbon is sunny', 512));
    expect(alike).toBeGreaterThan(0.7);
    expect(unlike).toBeLessThan(0.3);
  });
});
