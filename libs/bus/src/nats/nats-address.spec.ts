import { parseNatsUrl } from './nats-address.js';

describe('parseNatsUrl', () => {
  it('reads host, port and login, and shows neither user nor password', () => {
    expect(parseNatsUrl('nats://ao:p%40ss@nats.internal')).toEqual({
      shown: 'nats://nats.internal:4222',
      connection: { servers: ['nats.internal:4222'], user: 'ao', pass: 'p@ss' },
    });
  });

  it('takes a lone user for a token and several servers for a cluster', () => {
    expect(parseNatsUrl('nats://t0ken@a:1, nats://b:2')).toEqual({
      shown: 'nats://a:1,nats://b:2',
      connection: { servers: ['a:1', 'b:2'], token: 't0ken' },
    });
  });

  it('asks for TLS when the URL or the certificates do', () => {
    expect(parseNatsUrl('tls://a').connection.tls).toEqual({});
    const tls = { caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem' };
    expect(parseNatsUrl('nats://a', tls).connection.tls).toEqual(tls);
    expect(parseNatsUrl('nats://a').connection.tls).toBeUndefined();
  });

  it.each(['', 'nats://', 'localhost:4222', 'redis://secret@host', 'nats://good,secret'])(
    'refuses %j without repeating it',
    (text) => {
      expect(() => parseNatsUrl(text)).toThrow(/^NATS_URL must look like nats:\/\/host:4222 or /);
    },
  );
});
