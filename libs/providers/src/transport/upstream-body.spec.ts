import fc from 'fast-check';
import { UpstreamBody, type BodySource } from './upstream-body.js';

/** A connection that keeps to what it is told and writes it down. */
class TestSource implements BodySource {
  isPaused = false;
  cancelled: Error | null = null;
  readonly body = new UpstreamBody(this);

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  cancel(reason: Error): void {
    this.cancelled = reason;
    this.body.fail(reason);
  }
}

const part = (length: number) => Buffer.alloc(length, 'x');

async function textOf(body: UpstreamBody): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('UpstreamBody', () => {
  it('keeps what came before anybody read, in order, and pauses when it is much', async () => {
    const source = new TestSource();
    source.body.push(Buffer.from('a'));
    expect(source.isPaused).toBe(false);
    source.body.push(part(70_000));
    expect(source.isPaused).toBe(true);
    source.body.end();
    expect(await textOf(source.body)).toBe(`a${'x'.repeat(70_000)}`);
  });

  it('gives all bytes once and in order to a sink that stops and goes as it likes', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 50 }), fc.nat(20), (goesOn, early) => {
        const source = new TestSource();
        const seen: string[] = [];
        let ends = 0;
        const answers = [...goesOn];
        const chunks = Array.from({ length: 40 }, (_, index) => `<${index}>`);
        chunks.slice(0, early).forEach((chunk) => source.body.push(Buffer.from(chunk)));
        source.body.consume({
          onData: (chunk) => (seen.push(chunk.toString()), answers.shift() ?? true),
          onEnd: () => void (ends += 1),
          onError: () => void (ends = -1),
        });
        chunks.slice(early).forEach((chunk) => source.body.push(Buffer.from(chunk)));
        source.body.end();
        for (let turn = 0; turn < 60; turn += 1) source.body.resume();
        expect(seen).toEqual(chunks);
        expect(ends).toBe(1);
      }),
    );
  });

  it('tells a waiting sink of a failure at once, and of nothing after', () => {
    const source = new TestSource();
    const seen: unknown[] = [];
    source.body.consume({
      onData: () => false,
      onEnd: () => void seen.push('end'),
      onError: (error) => void seen.push(error),
    });
    source.body.push(part(1));
    source.body.push(part(1));
    const failure = new Error('broken');
    source.body.fail(failure);
    source.body.push(part(1));
    source.body.end();
    source.body.resume();
    expect(seen).toEqual([failure]);
  });

  it('lets a late reader have what came before the failure', async () => {
    const source = new TestSource();
    source.body.push(Buffer.from('a'));
    source.body.fail(new Error('broken'));
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of source.body) seen.push(chunk.toString());
    };
    await expect(read()).rejects.toThrow('broken');
    expect(seen).toEqual(['a']);
  });

  it('collects without a copy when there is one chunk', async () => {
    const source = new TestSource();
    const chunk = Buffer.from('whole');
    source.body.push(chunk);
    source.body.end();
    expect(await source.body.collect()).toBe(chunk);
  });

  it('stops collecting beyond the limit, exactly', async () => {
    const atLimit = new TestSource();
    atLimit.body.push(part(10));
    atLimit.body.end();
    expect(await atLimit.body.collect(10)).toHaveLength(10);
    const over = new TestSource();
    over.body.push(part(10));
    over.body.push(part(1));
    await expect(over.body.collect(10)).rejects.toMatchObject({ code: 'backend_output_too_large' });
    expect(over.cancelled).toMatchObject({ kind: 'too_large' });
  });

  it('can be taken only once', () => {
    const { body } = new TestSource();
    void body.collect();
    expect(() => body[Symbol.asyncIterator]()).toThrow('only once');
  });
});
