import { DIRECTIVES } from '../behaviour/directives.js';
import { helpText, readArguments } from './arguments.js';

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(readArguments([])).toEqual({
      kind: 'start',
      options: { port: 4010, host: '127.0.0.1', seed: 1, recordedRequestsMax: 1000, defaults: '' },
    });
  });

  it('takes every option', () => {
    const argv = ['-p', '0', '--host', '::1', '--seed=9', '--record', '0', '--defaults', 'latency_ms=5'];
    expect(readArguments(argv)).toEqual({
      kind: 'start',
      options: { port: 0, host: '::1', seed: 9, recordedRequestsMax: 0, defaults: 'latency_ms=5' },
    });
  });

  it('names every wrong value at once', () => {
    const command = readArguments(['--port', '70000', '--seed', 'x', '--defaults', 'fault=1&a=b', '--host', '']);
    expect(command.kind === 'refused' && command.problems).toHaveLength(5);
  });

  it('refuses what it does not know', () => {
    expect(readArguments(['--prot', '1']).kind).toBe('refused');
    expect(readArguments(['serve']).kind).toBe('refused');
  });

  it('explains every directive in its help', () => {
    expect(readArguments(['-h'])).toEqual({ kind: 'help' });
    for (const name of Object.keys(DIRECTIVES)) expect(helpText()).toContain(name);
  });
});
