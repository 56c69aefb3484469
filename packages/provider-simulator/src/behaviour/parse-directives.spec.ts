import { AppError } from '@ao/kernel';
import fc from 'fast-check';
import { layerBehaviour, PLAIN_BEHAVIOUR } from './behaviour.js';
import { parseDirectives, toBehaviour } from './parse-directives.js';
import { splitModel } from './split-model.js';

describe('directives', () => {
  it('set the fields they name, in the syntax of a URL query', () => {
    expect(parseDirectives('latency_ms=200&fault=429&retry_after_s=2&text=a+b%26c&tool=1&usage=0')).toEqual({
      kind: 'parsed',
      behaviour: { latencyMs: 200, fault: '429', retryAfterSeconds: 2, text: 'a b&c', tool: true, usage: false },
    });
  });

  it('give a token rate as the interval between two tokens', () => {
    expect(toBehaviour('tokens_per_second=50')).toEqual({ tokenIntervalMs: 20 });
  });

  it('report every problem at once, each with its directive', () => {
    const parsed = parseDirectives('latency_ms=soon&fault=flood&colour=red&output_tokens=1.5&usage=no&latency_ms=');
    expect(parsed.kind === 'refused' && parsed.problems.map((problem) => problem.split(' ')[0])).toEqual([
      "'latency_ms'",
      "'fault'",
      "'colour'",
      "'output_tokens'",
      "'usage'",
      "'latency_ms'",
    ]);
  });

  it('collect response headers and refuse those that would break the connection or smuggle another header', () => {
    expect(toBehaviour('header.x-a=1&header.x-b=2')).toEqual({ headers: { 'x-a': '1', 'x-b': '2' } });
    for (const bad of ['header.content-length=1', 'header.X A=1', 'header.x-a=1%0d%0aset-cookie:b', 'header.x-a=']) {
      expect(parseDirectives(bad).kind).toBe('refused');
    }
  });

  it('are refused with an error that says what to correct when a caller in the same process passes them', () => {
    expect(() => toBehaviour('fault_rate=2')).toThrow(AppError);
    expect(() => toBehaviour('fault_rate=2')).toThrow("'fault_rate' must be a number from 0 to 1");
  });

  it('are never read from inherited properties and never throw on any text', () => {
    expect(parseDirectives('constructor=1&__proto__=2').kind).toBe('refused');
    fc.assert(fc.property(fc.string(), (text) => ['parsed', 'refused'].includes(parseDirectives(text).kind)));
  });

  it('carry any text through a model name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('?', '#'), (text, separator) => {
        const split = splitModel(`demo-chat${separator}text=${encodeURIComponent(text)}`);
        expect(split.model).toBe('demo-chat');
        expect(toBehaviour(split.directives ?? '')).toEqual({ text });
      }),
    );
  });
});

describe('layers of behaviour', () => {
  it('let the last one win field by field and add up headers', () => {
    const layered = layerBehaviour(PLAIN_BEHAVIOUR, { latencyMs: 5, text: 'a', headers: { a: '1' } }, undefined, {
      text: 'b',
      headers: { b: '2' },
    });
    expect(layered).toEqual({ ...PLAIN_BEHAVIOUR, latencyMs: 5, text: 'b', headers: { a: '1', b: '2' } });
  });
});
