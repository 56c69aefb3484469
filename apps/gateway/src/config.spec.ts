import { loadGatewayConfig } from './config.js';

describe('the gateway’s configuration', () => {
  it('[GW-001] listens on 127.0.0.1:3456 unless told otherwise', () => {
    expect(loadGatewayConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 3456, AUTH_MODE: 'required' });
  });

  it('[ID-003] merges and deduplicates static keys, and insists on their prefix', () => {
    const environment = { AUTH_MODE: 'static', API_KEY: 'sk-cca-a', API_KEYS: 'sk-cca-b, sk-cca-a' };
    expect(loadGatewayConfig(environment).staticKeys).toEqual(['sk-cca-a', 'sk-cca-b']);
    expect(() => loadGatewayConfig({ API_KEY: 'sk-other' })).toThrow(
      /API_KEYS: every static key must start with sk-cca-/,
    );
  });

  it.each([
    ['embedded', {}],
    ['static', {}],
  ])('[ID-003] does not let %s mode stand open to the network by accident', (AUTH_MODE, rest) => {
    expect(() => loadGatewayConfig({ AUTH_MODE, HOST: '0.0.0.0', ...rest })).toThrow(/ALLOW_OPEN_AUTH/);
    expect(loadGatewayConfig({ AUTH_MODE, HOST: '0.0.0.0', ALLOW_OPEN_AUTH: 'true' })).toMatchObject({ AUTH_MODE });
    expect(loadGatewayConfig({ AUTH_MODE })).toMatchObject({ HOST: '127.0.0.1' });
  });
});
