import { HELP, readArguments } from './arguments.js';
import { MONEY_SCENARIOS } from './money/money-scenarios.js';
import { PART_SCENARIOS } from './parts/part-scenarios.js';
import { ROUTING_SCENARIOS } from './routing/routing-scenarios.js';
import { SCENARIOS } from './scenarios.js';

describe('the command line of the benchmark', () => {
  it('measures everything unless told otherwise', () => {
    expect(readArguments([])).toEqual({
      kind: 'run',
      options: {
        durationMs: 3_000,
        rounds: 3,
        scenarios: SCENARIOS,
        money: MONEY_SCENARIOS,
        routing: ROUTING_SCENARIOS,
        parts: PART_SCENARIOS,
        jsonFile: null,
        profileDirectory: null,
      },
    });
  });

  it('takes every option', () => {
    const argv = ['--seconds', '0.5', '--rounds=1', '--only', 'stream', '--json', 'out.json', '--profile', 'profiles'];
    expect(readArguments(argv)).toMatchObject({
      options: {
        durationMs: 500,
        rounds: 1,
        scenarios: [{ name: 'stream' }],
        money: [],
        routing: [],
        parts: [],
        jsonFile: 'out.json',
        profileDirectory: 'profiles',
      },
    });
  });

  it.each([
    [['--seconds', '0'], '--seconds must be from'],
    [['--rounds', '1.5'], '--rounds must be a whole number'],
    [['--only', 'plain,fast'], 'not fast'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j and says why', (argv, problem) => {
    expect(readArguments(argv)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
  });

  it('names every option and scenario in its help', () => {
    expect(readArguments(['--help'])).toEqual({ kind: 'help' });
    for (const { name } of [...SCENARIOS, ...MONEY_SCENARIOS, ...ROUTING_SCENARIOS, ...PART_SCENARIOS]) {
      expect(HELP).toContain(name);
    }
    for (const option of ['--seconds', '--rounds', '--only', '--json', '--profile']) expect(HELP).toContain(option);
  });
});
