import { inRoot } from '../lib/paths.mjs';
import { missedThresholds } from './coverage.mjs';
import { splitProjects } from './jest.mjs';
import { count, fromJest, mergeResults } from './results.mjs';

const result = (file: string, title: string, status: 'passed' | 'failed' | 'skipped' = 'passed') => ({
  file,
  title,
  project: 'unit',
  status,
});

describe('test results', () => {
  it('counts a file that cannot be loaded as a failed test', () => {
    const broken = { name: inRoot('libs/x/a.spec.ts'), status: 'failed', message: 'boom', assertionResults: [] };
    const results = fromJest({ testResults: [broken] }, 'unit');
    expect(results).toEqual([
      { file: 'libs/x/a.spec.ts', title: 'libs/x/a.spec.ts loads', project: 'unit', status: 'failed' },
    ]);
    expect(count(results)).toEqual({ passed: 0, failed: 1 });
  });

  it('never counts a test that did not run as passed', () => {
    const assertionResults = ['passed', 'failed', 'pending', 'todo', 'disabled'].map((status) => ({
      fullName: status,
      status,
    }));
    const file = { name: inRoot('a.spec.ts'), status: 'failed', message: '', assertionResults };
    expect(count(fromJest({ testResults: [file] }, 'unit'))).toEqual({ passed: 1, failed: 1 });
  });

  it('replaces the results of the files that ran and keeps the others', () => {
    const previous = [result('a.spec.ts', 'old'), result('b.spec.ts', 'kept')];
    expect(mergeResults(previous, [result('a.spec.ts', 'new', 'failed')])).toEqual([
      result('a.spec.ts', 'new', 'failed'),
      result('b.spec.ts', 'kept'),
    ]);
  });
});

describe('test arguments', () => {
  it('runs all projects unless some are named', () => {
    expect(splitProjects(['libs/bus', '-t', 'x'])).toEqual({
      projects: ['unit', 'int', 'e2e'],
      args: ['libs/bus', '-t', 'x'],
    });
    expect(splitProjects(['--selectProjects', 'e2e', 'unit', '--bail', 'libs/x'])).toEqual({
      projects: ['unit', 'e2e'],
      args: ['--bail', 'libs/x'],
    });
  });
});

describe('coverage', () => {
  it('names each threshold that is missed', () => {
    const missed = missedThresholds(
      { lines: 89.9, branches: 85, functions: 95 },
      { lines: 90, branches: 85, functions: 90 },
    );
    expect(missed).toEqual(['lines 89.9% < 90%']);
  });
});
