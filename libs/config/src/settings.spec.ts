import { choice, describeSettings, flag, integer, list, loadSettings, setting, text, url } from './settings.js';

const settings = {
  PORT: setting({ description: 'the port', schema: integer(1, 65_535), default: 3456 }),
  LOG_LEVEL: setting({ description: 'the level', schema: choice(['info', 'error']), default: 'info' }),
  OPEN: setting({ description: 'open to all', schema: flag(), default: false }),
  NATS_URL: setting({ description: 'the bus', schema: url('nats') }),
  KEYS: setting({ description: 'keys', schema: list(), default: [], secret: true }),
  NAME: setting({ description: 'a name', schema: text(5) }),
};

describe('settings', () => {
  it('[PF-005] takes the default where a variable is unset or empty', () => {
    expect(loadSettings(settings, { PORT: '' })).toEqual({ PORT: 3456, LOG_LEVEL: 'info', OPEN: false, KEYS: [] });
  });

  it('[PF-005] reads typed values', () => {
    const values = loadSettings(settings, { PORT: '80', OPEN: 'Yes', KEYS: 'a, b,,a', NATS_URL: 'nats://x:1' });
    expect(values).toMatchObject({ PORT: 80, OPEN: true, KEYS: ['a', 'b'], NATS_URL: 'nats://x:1' });
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['LOG_LEVEL', 'loud'],
    ['OPEN', 'maybe'],
    ['NATS_URL', 'http://x'],
    ['NAME', 'too long'],
  ])('[PF-005] refuses %s=%s and names the field', (name, value) => {
    expect(() => loadSettings(settings, { [name]: value })).toThrow(new RegExp(`bad configuration: ${name}: `));
  });

  it('[PF-005] reports all mistakes at once', () => {
    expect(() => loadSettings(settings, { PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT: .*; LOG_LEVEL: /);
  });

  it('describes itself without showing secrets', () => {
    expect(describeSettings('gateway', settings)).toContain('# the port\n#PORT=3456');
  });
});
