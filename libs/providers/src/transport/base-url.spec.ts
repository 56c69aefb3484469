import { parseBaseUrl } from './base-url.js';

describe('parseBaseUrl', () => {
  it('splits an address into origin and path', () => {
    expect(parseBaseUrl('https://api.openai.com/v1')).toEqual({ origin: 'https://api.openai.com', path: '/v1' });
    expect(parseBaseUrl('http://127.0.0.1:8000')).toEqual({ origin: 'http://127.0.0.1:8000', path: '' });
    expect(parseBaseUrl('http://[::1]:8000/a/b//')).toEqual({ origin: 'http://[::1]:8000', path: '/a/b' });
  });

  it.each(['', 'api.openai.com', 'file:///etc/passwd', 'ftp://x/', 'https://u:p@x/', 'https://x/?a=1', 'https://x/#a'])(
    'refuses %p',
    (text) => {
      expect(() => parseBaseUrl(text)).toThrow(
        expect.objectContaining({ code: 'invalid_parameter', param: 'base_url' }),
      );
    },
  );
});
