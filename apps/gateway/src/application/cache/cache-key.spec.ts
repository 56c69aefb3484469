import fc from 'fast-check';
import { canonicalJson, digestOf, questionOf } from './cache-key.js';
import { semanticQuestionOf } from './semantic-question.js';

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, held]) => [name, reversed(held)]),
  );
};

describe('the key of an answer', () => {
  it('[CA-001] does not know the order of fields, and tells all else apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(digestOf([reversed(one)])).toBe(digestOf([one]));
        expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
        if (digestOf([one]) === digestOf([other]))
          expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(canonicalJson(other)));
      }),
    );
    expect(digestOf([[1, 2]])).not.toBe(digestOf([[2, 1]]));
    expect(digestOf(['a', 'b'])).not.toBe(digestOf(['ab']));
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}'))).toBe('{"__proto__":{"a":2,"z":1},"b":1}');
  });

  it('[CA-001] leaves out how an answer is delivered, and for whom; what is unknown counts', () => {
    const delivery = {
      model: 'm',
      stream: true,
      stream_options: {},
      user: 'u',
      metadata: {},
      num_retries: 3,
      fallbacks: [],
    };
    expect(questionOf({ ...delivery, messages: [], temperature: 1, new_thing: 1 })).toEqual({
      messages: [],
      temperature: 1,
      new_thing: 1,
    });
  });
});

describe('a question by its meaning', () => {
  const system = { role: 'system', content: 'Be brief.' };
  const user = (content: unknown): object => ({ role: 'user', content });

  it('[CA-006] is the last words of the user, and all else must be equal', () => {
    const found = semanticQuestionOf({ messages: [system, user('a'), user('b')], top_p: 1 });
    expect(found).toEqual({ text: 'b', rest: { messages: [system, user('a'), user(null)], top_p: 1 } });
    const parts = semanticQuestionOf({
      messages: [
        user([
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ]),
      ],
    });
    expect(parts?.text).toBe('a\nb');
    const gemini = semanticQuestionOf({ contents: [{ role: 'user', parts: [{ text: 'c' }] }] });
    expect(gemini).toEqual({ text: 'c', rest: { contents: [{ role: 'user', parts: null }] } });
  });

  it.each([
    [{ messages: [user('a'), { role: 'assistant', content: 'b' }] }],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'u' } },
          ]),
        ],
      },
    ],
    [{ messages: [user([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }])] }],
    [{ messages: [user(' ')] }],
    [{ messages: [user('x'.repeat(8_001))] }],
    [{ messages: [] }],
    [{ prompt: 'a' }],
  ])('[CA-006] is not looked for in %j', (question) => {
    expect(semanticQuestionOf(question)).toBeNull();
  });
});
