import fc from 'fast-check';
import { NO_USAGE } from '@ao/pricing';
import { anthropic } from '../anthropic/index.js';
import { gemini } from '../gemini/index.js';
import { ollama } from '../ollama/index.js';
import { openAiChat } from '../openai-chat/index.js';
import { openAiResponses } from '../openai-responses/index.js';
import { assembleAnswer, eventsOf, readStream } from './assemble.js';
import type { Answer, AnswerPart } from './index.js';

const usage = { ...NO_USAGE, inputTokens: 3, outputTokens: 2 };
const answerOf = (parts: AnswerPart[]): Answer => ({
  id: 'a',
  model: 'm',
  choices: [{ parts, finishReason: 'stop', stopSequence: null, logprobs: null }],
  usage,
  serviceTier: null,
});
const thought: AnswerPart = { type: 'reasoning', text: 'So.', signature: 'c2ln', redacted: null };
const call: AnswerPart = { type: 'tool_call', id: 'c1', name: 'look', argumentsJson: '{"at":1}' };

describe('an answer and its events', () => {
  it('[CA-002] are the same answer, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 }), (text) => {
        const answer = answerOf([thought, { type: 'text', text }, call]);
        expect(assembleAnswer(eventsOf(answer))).toEqual(answer);
      }),
      { numRuns: 200 },
    );
  });

  it('[CA-002] keep choices, sources and probabilities apart', () => {
    const citation = { title: 't', url: 'u', text: null, start: 0, end: 1 };
    const logprobs = { content: [{ token: 'a' }], refusal: null };
    const one = answerOf([{ type: 'text', text: 'x'.repeat(600), citations: [citation] }]).choices[0]!;
    const answer = { ...answerOf([]), choices: [one, { ...one, logprobs, finishReason: 'length' as const }] };
    expect(assembleAnswer(eventsOf(answer))).toEqual(answer);
  });

  it('[CA-002] make no answer once an error was told', () => {
    const events = [...eventsOf(answerOf([thought])), { type: 'error' as const, message: 'no' }];
    expect(assembleAnswer(events)).toBeNull();
  });

  it.each([openAiChat, anthropic, gemini, ollama, openAiResponses])(
    '[CA-002] can be told as a stream of $name and read from it again',
    (protocol) => {
      const answer = answerOf([{ type: 'text', text: 'Grüße 👋 '.repeat(100) }]);
      const encoder = protocol.createEncoder({ id: 'x', model: 'm', nowS: 1, includeUsage: true });
      const bytes =
        eventsOf(answer)
          .map((event) => encoder.encode(event))
          .join('') + encoder.close(usage, null);
      const read = readStream(Buffer.from(bytes), protocol)!;
      expect(read.choices).toEqual(answer.choices);
      expect(read.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
    },
  );
});
