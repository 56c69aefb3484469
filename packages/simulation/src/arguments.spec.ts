import { HELP, readArguments } from './arguments.js';

describe('the command line of the simulation', () => {
  it('runs 2,000 seeds unless told otherwise', () => {
    expect(readArguments([])).toEqual({
      kind: 'run',
      options: { firstSeed: 1, seeds: 2_000, trace: false, jsonFile: null },
    });
  });

  it('takes every option', () => {
    expect(readArguments(['--seeds', '50', '--from=7', '--json', 'out.json'])).toEqual({
      kind: 'run',
      options: { firstSeed: 7, seeds: 50, trace: false, jsonFile: 'out.json' },
    });
  });

  it('replays one seed with its trace', () => {
    expect(readArguments(['--seed', '42'])).toMatchObject({ options: { firstSeed: 42, seeds: 1, trace: true } });
  });

  it.each([
    [['--seeds', '0'], '--seeds must be a whole number from 1'],
    [['--seeds', 'many'], '--seeds must be a whole number'],
    [['--seed=-1'], '--seed must be a whole number from 0'],
    [['--seed', ''], '--seed must be a whole number'],
    [['--from', '1.5'], '--from must be a whole number'],
    [['--seed', '1', '--seeds', '2'], 'give one of them'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j and says why', (argv, problem) => {
    expect(readArguments(argv)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
  });

  it('names every option in its help', () => {
    expect(readArguments(['--help'])).toEqual({ kind: 'help' });
    for (const option of ['--seeds', '--from', '--seed', '--json']) expect(HELP).toContain(option);
  });
});
