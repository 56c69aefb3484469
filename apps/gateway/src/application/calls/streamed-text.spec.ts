import { meterText } from '@ao/tokens';
import { forwardChat, openai, type StreamPiece } from '@ao/wire';
import fc from 'fast-check';
import { StreamedText } from './streamed-text.js';

function pieceOf(delta: object): StreamPiece {
  const frame = Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  const stream = forwardChat('chat/completions', frame).openStream({ includeUsage: false, includeCost: false });
  return stream.push(frame)[0]!;
}
/** Half of a token or two may join otherwise at the edge of what was counted. */
const EDGE_TOKENS = 2;

const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((content) => ({ content })),
  fc.constantFrom(' the', ' quick', '好的', '\n\n', '😀', ' aaaaaaaa').map((content) => ({ content })),
  fc
    .string({ maxLength: 8 })
    .map((args) => ({ tool_calls: [{ index: 0, function: { name: 'find_me', arguments: args } }] })),
);

describe('the text of a stream', () => {
  it.each(['gpt-4o', 'claude-sonnet-4', 'gemini-2.5-pro', 'unknown'])(
    '[MT-006] of %s has after N chunks the count of their text, whenever one asks, and never passes its bound',
    (model) => {
      fc.assert(
        fc.property(fc.array(fc.tuple(part, fc.boolean()), { maxLength: 40 }), (parts) => {
          const text = new StreamedText(model);
          let sent = '';
          for (const [delta, asks] of parts) {
            const piece = pieceOf(delta);
            text.add(piece);
            sent += openai.frameText(piece.bytes);
            const exact = meterText(model, sent).tokens;
            expect(text.bound + EDGE_TOKENS).toBeGreaterThanOrEqual(exact);
            if (asks) expect(text.count()).toBe(exact);
          }
          expect(text.count()).toBe(meterText(model, sent).tokens);
        }),
      );
    },
  );

  it('believes the provider, and counts on by bytes from its figure', () => {
    const text = new StreamedText('gpt-4o');
    const piece = pieceOf({ content: 'four' });
    text.add(piece);
    text.report(100);
    expect([text.bound, text.count()]).toEqual([100, 100]);
    text.add(piece);
    expect([text.bound, text.count(), text.guess]).toEqual([104, 104, 101]);
  });

  it('is not empty once a chunk has gone out, even one without text', () => {
    const text = new StreamedText('gpt-4o');
    expect(text.isEmpty).toBe(true);
    text.add(pieceOf({ role: 'assistant' }));
    expect([text.isEmpty, text.count()]).toEqual([false, 0]);
  });
});
