import { NO_USAGE } from '@ao/pricing';
import fc from 'fast-check';
import type { AnswerEvent } from '../canonical/index.js';
import { translate } from '../exchange/translate.js';
import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { richEvents, richRequest, seenIn } from './conversations.js';

type Both = ClientProtocol & ProviderProtocol;

/** What a protocol may not be able to say. */
interface Abilities {
  /** Streams show thoughts. */
  readonly reasoning?: boolean;
  /** Usage tells what was read from the cache; else it counts as input. */
  readonly cachedTokens?: boolean;
}

const labels = { id: 'req_1', model: 'the-model', nowS: 1_790_000_000 };
const options = { ...labels, maxOutputTokens: 500 };
const usage = { ...NO_USAGE, inputTokens: 20, cachedInputTokens: 5, outputTokens: 12 };
const failed = { error: { message: 'It broke.', type: 'server_error', param: null, code: 'stream_error' } };

/** The conformance that every protocol spoken on both sides keeps: nothing is lost or garbled on the way through it. */
export function describeProtocol(protocol: Both, { reasoning = true, cachedTokens = true }: Abilities = {}): void {
  const stream = (events: readonly AnswerEvent[]): Buffer => {
    const encoder = protocol.createEncoder({ ...labels, includeUsage: true });
    return Buffer.from(events.map((event) => encoder.encode(event)).join('') + encoder.close(usage, null));
  };
  const read = (chunks: readonly Buffer[]): AnswerEvent[] => {
    const scanner = protocol.createScanner();
    const decoder = protocol.createDecoder();
    const frames = chunks.flatMap((chunk) => scanner.push(chunk));
    const rest = scanner.end();
    return [...frames, ...(rest ? [rest] : [])].flatMap((frame) => decoder.decode(frame));
  };

  describe(`the protocol ${protocol.name}`, () => {
    it('[GW-006] says a request with tools, images and their results so that it reads the same again', () => {
      const { body, dropped } = protocol.encodeRequest(richRequest, options);
      expect(dropped).toEqual([]);
      // Where the model stands in the address, the caller puts it into the body.
      const json = { model: richRequest.model, ...(JSON.parse(body.toString()) as object) };
      const again = protocol.decodeRequest(json);
      const { system, messages, tools, maxOutputTokens, temperature, topP, stop } = richRequest;
      const texts = (parts: readonly { text?: string }[]): string => parts.map(({ text }) => text ?? '').join('');
      expect(texts(again.system)).toBe(texts(system));
      expect(again.messages.map(({ role }) => role)).toEqual(messages.map(({ role }) => role));
      const said = again.messages.flatMap(({ parts }) => parts.map((part) => part.type));
      expect(said).toEqual(messages.flatMap(({ parts }) => parts.map((part) => part.type)));
      expect(again.tools.map(({ name, parameters }) => ({ name, parameters }))).toEqual(
        tools.map(({ name, parameters }) => ({ name, parameters })),
      );
      expect(again).toMatchObject({ maxOutputTokens, temperature, topP, stop });
      const calls = again.messages[1]!.parts.flatMap((part) => (part.type === 'tool_call' ? [part] : []));
      expect(calls.map(({ argumentsJson }) => JSON.parse(argumentsJson) as unknown)).toEqual([
        { city: 'Paris' },
        { city: 'Rome' },
      ]);
      const results = again.messages[2]!.parts.flatMap((part) => (part.type === 'tool_result' ? [part] : []));
      // Whatever ids the protocol has, results still belong to their calls.
      expect(results.map(({ callId }) => calls.findIndex(({ id }) => id === callId))).toEqual([0, 1]);
    });

    it('[GW-006] streams an answer with text, two calls, its end and its usage, and reads it back as it was', () => {
      const seen = seenIn(read([stream(richEvents)]));
      expect(seen).toEqual({ ...seenIn(richEvents), ...(reasoning ? {} : { reasoning: '' }) });
    });

    it('reads a stream alike however its chunks fall, through characters too', () => {
      const bytes = stream(richEvents);
      const whole = read([bytes]);
      fc.assert(
        fc.property(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
          expect(read(chunks)).toEqual(whole);
        }),
        { numRuns: 50 },
      );
    });

    it('[GW-004] ends a broken stream with an error and without a reason to stop', () => {
      const encoder = protocol.createEncoder({ ...labels, includeUsage: true });
      const text =
        richEvents
          .slice(0, 5)
          .map((event) => encoder.encode(event))
          .join('') + encoder.fail(failed);
      const events = read([Buffer.from(text)]);
      expect(events.some(({ type }) => type === 'error')).toBe(true);
      expect(events.some(({ type }) => type === 'finish')).toBe(false);
    });

    it('tells a whole answer so that it reads the same again', () => {
      const answer = {
        id: null,
        model: 'the-model',
        serviceTier: null,
        usage,
        choices: [
          {
            parts: [
              { type: 'text' as const, text: 'Hello 😀' },
              { type: 'tool_call' as const, id: 'call_1', name: 'get_weather', argumentsJson: '{"city":"Paris"}' },
            ],
            finishReason: 'tool_calls' as const,
            stopSequence: null,
            logprobs: null,
          },
        ],
      };
      const again = protocol.decodeAnswer(
        Buffer.from(protocol.encodeAnswer(answer, { ...labels, includeUsage: true })),
      );
      const [choice] = again.choices;
      expect(choice?.finishReason).toBe('tool_calls');
      expect(choice?.parts.map(({ type }) => type)).toEqual(['text', 'tool_call']);
      const input = cachedTokens
        ? { inputTokens: 20, cachedInputTokens: 5 }
        : { inputTokens: 25, cachedInputTokens: 0 };
      expect(again.usage).toMatchObject({ ...input, outputTokens: 12 });
    });

    it('gives errors in its own shape, and reads them', () => {
      const error = { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' };
      const mapped = protocol.mapError(429, Buffer.from(protocol.encodeError(429, { error })));
      expect(mapped).toMatchObject({ kind: 'rate_limit', status: 429, body: { error: { message: 'Slow down.' } } });
    });

    it('tells a malformed frame from one that says nothing', () => {
      const exchange = translate(richRequest, protocol, protocol, options, labels);
      const answers = exchange.openStream({ includeUsage: true, includeCost: false });
      const bytes = stream(richEvents);
      const kinds = answers.push(bytes).map(({ kind }) => kind);
      expect(kinds).not.toContain('malformed');
      expect(exchange.readAnswer(Buffer.from('<html>'))).toBeNull();
    });
  });
}
