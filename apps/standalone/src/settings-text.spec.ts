import { readFileSync } from 'node:fs';
import { settingsText } from './settings-text.js';

describe('.env.example', () => {
  it('[PF-005] says what the code reads: run npm run settings after a change', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(settingsText());
  });
});
