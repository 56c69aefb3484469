import { AppError } from '@ao/kernel';
import { createLogger } from './logger.js';
import { maskKey } from './mask.js';

const capture = (): { lines: () => Record<string, unknown>[]; destination: { write(text: string): void } } => {
  const written: string[] = [];
  return {
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    destination: { write: (text) => void written.push(text) },
  };
};

describe('the logger', () => {
  it('[OB-001] writes one JSON object a line with service, level and time', () => {
    const { lines, destination } = capture();
    createLogger({ service: 'wallet', level: 'info', format: 'json', destination }).info(
      { requestId: 'req_1' },
      'posted',
    );
    expect(lines()).toEqual([
      { service: 'wallet', level: 'info', time: expect.any(String), requestId: 'req_1', msg: 'posted' },
    ]);
  });

  it('[OB-002] hides secrets that reach it by mistake', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ service: 'x', level: 'info', format: 'json', destination });
    logger.info({ headers: { authorization: 'Bearer sk-ao-abc' }, options: { nested: { apiKey: 'sk-abc' } } }, 'call');
    expect(JSON.stringify(lines())).not.toContain('abc');
  });

  it('[OB-002] hides them in lists and below, and leaves the caller its object', () => {
    const { lines, destination } = capture();
    const fields = { calls: [{ cookie: 'abc', path: '/x' }], password: 'abc', status: 200 };
    createLogger({ service: 'x', level: 'info', format: 'json', destination }).info(fields, 'call');
    expect(lines()[0]).toMatchObject({
      calls: [{ cookie: '[redacted]', path: '/x' }],
      password: '[redacted]',
      status: 200,
    });
    expect(fields).toEqual({ calls: [{ cookie: 'abc', path: '/x' }], password: 'abc', status: 200 });
  });

  it('keeps what only the log may know of an error', () => {
    const { lines, destination } = capture();
    const error = new AppError('internal_error', 'public', { internal: 'why', cause: new Error('root') });
    createLogger({ service: 'x', level: 'info', format: 'json', destination }).error({ err: error }, 'failed');
    expect(lines()[0]).toMatchObject({ err: { code: 'internal_error', internal: 'why', cause: { message: 'root' } } });
  });
});

describe('masked keys', () => {
  it.each([
    ['sk-ao-0123456789abcdef7f3a', 'sk-ao-****7f3a'],
    ['sk-cca-0123456789abcdef', 'sk-cca-****cdef'],
    ['plain-text-admin-key', '****-key'],
    ['short', '****'],
  ])('[OB-002] %s is shown as %s', (key, masked) => expect(maskKey(key)).toBe(masked));
});
