import { parseBaseUrl } from './base-url.js';

describe('parseBaseUrl', () => {
  it('splits an address into origin and path', () => {
    const openai = { origin: 'https://api.openai.com', hostname: 'api.openai.com', path: '/v1', root: '' };
    expect(parseBaseUrl('https://api.openai.com/v1')).toMatchObject(openai);
    expect(parseBaseUrl('http://127.0.0.1:8000')).toMatchObject({
      origin: 'http://127.0.0.1:8000',
      path: '',
      root: '',
    });
    expect(parseBaseUrl('http://[::1]:8000/a/b//')).toMatchObject({ path: '/a/b', root: '/a/b' });
    expect(parseBaseUrl('https://x.example/api/v1beta/')).toMatchObject({ path: '/api/v1beta', root: '/api' });
  });

  it('[PR-005] takes the version of an API from the query', () => {
    const azure = parseBaseUrl('https://x.openai.azure.com?api-version=2024-10-21', 'westeurope');
    expect(azure).toMatchObject({ path: '', apiVersion: '2024-10-21', region: 'westeurope' });
    expect(parseBaseUrl('https://x.openai.azure.com')).toMatchObject({ apiVersion: null, region: null });
  });

  it.each([
    '',
    'api.openai.com',
    'file:///etc/passwd',
    'ftp://x/',
    'https://u:p@x/',
    'https://x/?a=1',
    'https://x/?api-version=1&a=2',
    'https://x/?api-version=a%26b',
    'https://x/#a',
  ])('refuses %p', (text) => {
    expect(() => parseBaseUrl(text)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'base_url' }));
  });
});
