import fc from 'fast-check';
import { anyText, MODEL_OF_STRATEGY } from './__fixtures__/texts.js';
import { boundPromptTokens } from './bound.js';
import { countTextExact } from './exact.js';
import { imageTokensMax } from './images.js';
import { countMessagesExact } from './messages.js';
import { meterText } from './meter.js';

// The example of OpenAI's cookbook, with the figures that it reports for the API itself.
const JARGON = [
  {
    role: 'system',
    content: 'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
  },
  { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
  { role: 'system', name: 'example_assistant', content: 'Things working well together will increase revenue.' },
  {
    role: 'system',
    name: 'example_user',
    content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: 'system',
    name: 'example_assistant',
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: 'user',
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
];

describe('exact message counter', () => {
  it.each([
    ['gpt-3.5-turbo', 129],
    ['gpt-4-0613', 129],
    ['gpt-4o', 124],
    ['openai/gpt-4o-mini', 124],
    ['claude-x', -1],
  ])("[MT-001] counts the cookbook's example for %s as %i", (model, tokens) => {
    expect(countMessagesExact(model, JARGON)).toBe(tokens);
  });

  it('counts text parts like the same text, and images by the stated rule', () => {
    const parts = (...content: unknown[]) => countMessagesExact('gpt-4o', [{ role: 'user', content }]);
    const plain = countMessagesExact('gpt-4o', [{ role: 'user', content: 'hello' }]);
    const text = { type: 'text', text: 'hello' };
    expect(parts(text)).toBe(plain);
    expect(parts(text, { type: 'image_url', image_url: { url: 'https://x', detail: 'low' } })).toBe(plain + 85);
    expect(parts(text, { type: 'image_url', image_url: { url: 'https://x' } })).toBe(plain + 85 + 8 * 170);
    expect(parts(text, { type: 'input_image', detail: 'low' })).toBe(plain + 85);
  });

  it('counts tool calls and tool definitions as their JSON', () => {
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }];
    const plain = countMessagesExact('gpt-4o', [{ role: 'assistant', content: null }]);
    const json = countTextExact('gpt-4o', JSON.stringify(calls));
    expect(countMessagesExact('gpt-4o', [{ role: 'assistant', content: null, tool_calls: calls }])).toBe(plain + json);
    expect(countMessagesExact('gpt-4o', [{ role: 'assistant', content: null }], [calls])).toBe(plain + json);
  });

  it.each([[[null]], [[{ content: [null, 7, { type: 'image_url', image_url: null }] }]], [[{ content: 7 }]], [['x']]])(
    'counts the malformed messages %j instead of throwing',
    (messages) => {
      expect(countMessagesExact('gpt-4o', messages as never)).toBeGreaterThanOrEqual(6);
    },
  );
});

describe('prompt bound', () => {
  it.each(Object.values(MODEL_OF_STRATEGY))('[MT-005] is never below the count of a text for %s', (model) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(boundPromptTokens(text, { messages: 0 })).toBeGreaterThanOrEqual(meterText(model, text).tokens);
      }),
    );
  });

  it.each(['gpt-4o', 'gpt-4o-mini', 'gpt-4', 'gpt-4.1-nano', 'gpt-5.2'])(
    '[MT-005] of a request body is never below the count of its messages for %s',
    (model) => {
      const image = fc.record({ type: fc.constant('image_url'), image_url: fc.constant({ url: 'https://x' }) });
      const part = fc.oneof(image, fc.record({ type: fc.constant('text'), text: anyText }));
      const message = fc.record(
        {
          role: anyText,
          content: fc.oneof(anyText, fc.array(part, { maxLength: 3 })),
          name: anyText,
          tool_calls: fc.array(fc.json()),
        },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.json(), { maxLength: 2 }), (messages, tools) => {
          const images = messages
            .flatMap<unknown>((each) => each.content ?? [])
            .filter((each) => (each as { type?: unknown }).type === 'image_url').length;
          const body = Buffer.from(JSON.stringify({ model, messages, tools }));
          const shape = { messages: messages.length, images, tools: tools.length, model };
          const exact = countMessagesExact(model, messages, tools);
          expect(boundPromptTokens(body, shape)).toBeGreaterThanOrEqual(exact);
          expect(boundPromptTokens(body.byteLength, shape)).toBe(boundPromptTokens(body, shape));
        }),
      );
    },
  );

  it('takes the dearest known figure for images of unknown models', () => {
    expect(imageTokensMax('some-model')).toBe(imageTokensMax('gpt-4o-mini'));
  });
});
