import { AppError } from '@ao/kernel';
import { NO_USAGE } from '@ao/pricing';
import { forwardChat } from '@ao/wire';
import type { Responder } from './call.js';
import { CallRecord } from './call-record.js';
import { relayStream } from './relay-stream.js';
import { StreamedText } from './streamed-text.js';

class Caller implements Responder {
  started = false;
  text = '';
  ended = false;
  trailers: Record<string, string> | undefined;

  head(): void {
    this.started = true;
  }

  write(chunk: Buffer): void {
    this.text += chunk.toString();
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    this.text += chunk?.toString() ?? '';
    this.trailers = trailers;
    this.ended = true;
  }
}

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}\n\n';
const DONE = 'data: [DONE]\n\n';

async function* upstream(parts: string[], failure?: Error): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
  if (failure) throw failure;
}

async function relay(
  parts: string[],
  { includeUsage = false, failure }: { includeUsage?: boolean; failure?: Error } = {},
) {
  const out = new Caller();
  const record = Object.create(CallRecord.prototype) as CallRecord;
  Object.assign(record, { finishReason: null, usageSource: 'none', partial: false, over: [], usage: NO_USAGE });
  const text = new StreamedText('gpt-4o');
  const trailers = (): Record<string, string> => ({ 'x-ao-cost-usd': '1' });
  const stream = forwardChat('chat/completions', Buffer.alloc(0)).openStream({ includeUsage, includeCost: false });
  const options = { stream, includeCost: false, text, allowance: null, start: () => out.head(), trailers };
  const cut = await relayStream(upstream(parts, failure), out, record, options);
  return { out, record, text, cut };
}

describe('a relayed stream', () => {
  it('[GW-003] passes bytes on unchanged and ends with one [DONE] of our own', async () => {
    const parts = [chunk('Hel'), chunk('lo', 'stop'), DONE];
    const { out, record } = await relay(parts);
    expect(out.text).toBe(parts.join(''));
    expect(out.trailers).toEqual({ 'x-ao-cost-usd': '1' });
    expect(record.finishReason).toBe('stop');
  });

  it('[GW-003] withholds the usage chunk from a caller that did not ask, and reads it all the same', async () => {
    const quiet = await relay([chunk('a', 'stop'), USAGE + DONE]);
    expect(quiet.out.text).toBe(chunk('a', 'stop') + DONE);
    expect(quiet.record).toMatchObject({ usageSource: 'provider', usage: { inputTokens: 10, outputTokens: 2 } });
    expect(quiet.text.count()).toBe(2);
    expect((await relay([chunk('a', 'stop'), USAGE, DONE], { includeUsage: true })).out.text).toBe(
      chunk('a', 'stop') + USAGE + DONE,
    );
  });

  it('takes a missing end marker for an end only when the provider said why it stopped', async () => {
    expect((await relay([chunk('a', 'stop')])).cut).toBeNull();
    expect((await relay([chunk('a')])).cut).toMatchObject({ code: 'stream_error' });
  });

  it.each([
    ['breaks off', [chunk('a')], new Error('reset')],
    ['reports an error', [chunk('a'), 'data: {"error":{"message":"overloaded"}}\n\n'], undefined],
    ['reports an error at once', [`${chunk('a')}data: {"error":{"message":"overloaded"}}\n\n`], undefined],
    ['sends something unreadable', [chunk('a'), 'data: {"choices": [\n\n'], undefined],
  ])(
    '[GW-004] tells the caller when the provider %s: an error, then [DONE], and no reason to stop',
    async (_case, parts, failure) => {
      const { out, record, text } = await relay(parts, failure ? { failure } : {});
      expect(out.text.startsWith(chunk('a'))).toBe(true);
      expect(out.text).toMatch(/data: \{"error":\{.*"code":"stream_error".*\}\}\n\ndata: \[DONE\]\n\n$/);
      expect(out.text).not.toContain('"finish_reason":"stop"');
      expect(out.text.match(/\[DONE\]/g)).toHaveLength(1);
      expect([record.partial, text.count()]).toEqual([true, 1]);
    },
  );

  it('fails like any call as long as nothing went out', async () => {
    await expect(relay([], { failure: new AppError('timeout', 'late') })).rejects.toMatchObject({ code: 'timeout' });
    await expect(relay([DONE])).rejects.toMatchObject({ code: 'stream_error' });
  });
});
