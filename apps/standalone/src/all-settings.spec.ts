import { readFileSync } from 'node:fs';
import { checkSettings, settingsText } from './all-settings.js';

describe('.env.example', () => {
  it('[PF-005] says what the code reads: run npm run settings after a change', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(settingsText());
  });
});

describe('the settings of all services', () => {
  it('[PF-005] are checked together: one message names every bad one', () => {
    const check = (): void => checkSettings({ PORT: 'x', LOG_LEVEL: 'loud', DEFAULT_WALLET_LIMIT_USD: 'much' });
    for (const name of ['PORT', 'LOG_LEVEL', 'DEFAULT_WALLET_LIMIT_USD']) expect(check).toThrow(`${name}: must be`);
  });
});
