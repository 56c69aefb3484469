import { findProgram } from './find-program.js';

describe('findProgram', () => {
  it('finds a program on the PATH', () => {
    expect(findProgram('sh', undefined, 'X')).toMatch(/\/sh$/);
  });

  it('says how to get one that is missing', () => {
    expect(() => findProgram('no-such-server', undefined, 'AO_TEST_X')).toThrow(
      'no-such-server is not installed. Install it (Debian: apt-get install no-such-server; macOS: brew install no-such-server) or set AO_TEST_X to its path.',
    );
  });

  it('says that a configured path is wrong rather than using another', () => {
    expect(() => findProgram('sh', '/nowhere/sh', 'AO_TEST_X')).toThrow(
      'AO_TEST_X names /nowhere/sh, which is not an executable file.',
    );
  });
});
