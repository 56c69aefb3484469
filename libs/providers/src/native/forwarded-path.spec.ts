import fc from 'fast-check';
import { forwardedPath } from './forwarded-path.js';

describe('a forwarded path', () => {
  it.each([
    ['v1/messages', 'v1/messages'],
    ['/v1/messages', 'v1/messages'],
    ['v1beta/models/gemini-2.5-flash:generateContent', 'v1beta/models/gemini-2.5-flash:generateContent'],
    ['v1/files/', 'v1/files/'],
    ['model/anthropic.claude-v1%3A0/converse', 'model/anthropic.claude-v1%3A0/converse'],
    ['', ''],
  ])('[GW-011] %p goes on as it is', (given, path) => expect(forwardedPath(given)).toBe(path));

  it.each([
    '../admin',
    'v1/../../admin',
    'v1/./messages',
    'v1/..',
    'v1/%2e%2e/admin',
    'v1/%2E./admin',
    'v1/..;/admin',
    'v1/%252e%252e/admin',
    'v1//messages',
    '//evil.example/v1',
    'https://evil.example/v1',
    'v1/a%2fb',
    'v1\\messages',
    'v1/%5cmessages',
    'v1/%00',
    'v1/%0d%0ahost:%20evil',
    'v1/a\r\nhost: evil',
    'v1/a b',
    'v1/messages?key=1',
    'v1/messages#a',
    'v1/%zz',
    'v1/%ff',
    'v1/ü',
    `v1/${'a'.repeat(2_048)}`,
  ])('[GW-011] %p is refused', (path) => {
    expect(() => forwardedPath(path)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'path' }));
  });

  it('[PR-006] may hold an encoded slash inside of a name where the provider has such names', () => {
    const arn = 'model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x/converse';
    expect(forwardedPath(arn, { encodesSlashes: true })).toBe(arn);
    expect(() => forwardedPath('model/a%2f..%2f..%2fb', { encodesSlashes: true })).toThrow();
    expect(() => forwardedPath('model/%2f%2fevil', { encodesSlashes: true })).toThrow();
  });

  it('[GW-011] never leaves the root, whatever it is made of', () => {
    const piece = fc.constantFrom(
      '.',
      '..',
      '/',
      '%2e',
      '%2F',
      '\\',
      'v1',
      '%5c',
      ';',
      ':',
      '@',
      '%25',
      'x',
      '?',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let path: string;
        try {
          path = forwardedPath(pieces.join(''), { encodesSlashes: true });
        } catch {
          return;
        }
        const read = new URL(`https://api.example/base/${path}`);
        expect(read.origin).toBe('https://api.example');
        expect(read.pathname).toBe(`/base/${path}`);
        expect(new URL(decodeURIComponent(`https://api.example/base/${path}`)).pathname).toMatch(/^\/base\//);
      }),
    );
  });
});
