import { Script } from './script.js';

describe('a script', () => {
  it('hands out its answers in order and then nothing', () => {
    const script = new Script();
    script.add(['fault=500', { behaviour: { text: 'ok' }, times: 2 }]);
    expect(script.pending).toBe(3);
    expect([1, 2, 3, 4].map(() => script.take('m', '/p'))).toEqual([
      { fault: '500' },
      { text: 'ok' },
      { text: 'ok' },
      undefined,
    ]);
    expect(script.pending).toBe(0);
  });

  it('keeps an answer for the model and path it is meant for', () => {
    const script = new Script();
    script.add([
      { behaviour: 'text=a', model: 'a' },
      { behaviour: 'text=b', path: '/b' },
    ]);
    expect(script.take('x', '/x')).toBeUndefined();
    expect(script.take('x', '/b')).toEqual({ text: 'b' });
    expect(script.take('a', '/x')).toEqual({ text: 'a' });
  });

  it('takes all answers or none', () => {
    const script = new Script();
    expect(() => script.add(['fault=500', { behaviour: 'text=a', times: 0 }])).toThrow("'times'");
    expect(() => script.add(['fault=500', 'fault=nothing'])).toThrow("'fault' must be one of");
    expect(() => script.add(Array.from({ length: 10_001 }, () => 'text=a'))).toThrow('at most 10000');
    expect(script.pending).toBe(0);
  });
});
