import fc from 'fast-check';
import { packEvent, unpackEvent } from './event-wire.js';
import { headerText } from './header-text.js';

describe('an event as a NATS message', () => {
  it('comes back as it went, whatever its id and payload hold', () => {
    const event = fc.record(
      { id: fc.string(), occurredAt: fc.string(), requestId: fc.string(), payload: fc.jsonValue() },
      { requiredKeys: ['id', 'occurredAt', 'payload'] },
    );
    fc.assert(
      fc.property(event, (sent) => {
        const body = packEvent({ ...sent, subject: 's', payload: JSON.stringify(sent.payload) });
        const payload: unknown = JSON.parse(JSON.stringify(sent.payload));
        expect(unpackEvent('s', body)).toEqual({ ...sent, subject: 's', payload });
      }),
    );
  });

  it.each(['{}', '[]', '{"id":1,"occurredAt":"now"}'])('is refused when its body is %j', (body) => {
    expect(() => unpackEvent('s', body)).toThrow('the message has no id or no time');
  });

  it('is refused when its body is no JSON', () => {
    expect(() => unpackEvent('s', '{"id":')).toThrow(SyntaxError);
  });
});

describe('headerText', () => {
  it('leaves ordinary ids alone and makes a short, printable and distinct text of any other', () => {
    expect(headerText('evt.gateway.usage.reported.v1#evt_0198')).toBe('evt.gateway.usage.reported.v1#evt_0198');
    const odd = ['a\r\nb: c', 'ü', 'x'.repeat(500), ''].map(headerText);
    expect(new Set(odd).size).toBe(4);
    for (const text of odd) expect(text).toMatch(/^[0-9a-f]{64}$/);
  });
});
