import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { commands } from './index.mjs';

const run = (...args: string[]) =>
  spawnSync(process.execPath, [inRoot('scripts', 'run.mjs'), ...args], { encoding: 'utf8' });

describe('commands', () => {
  it('are what the npm scripts call, all of them and no others', () => {
    const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts).toSorted()).toEqual(Object.keys(commands).toSorted());
    for (const [name, line] of Object.entries(scripts)) expect(line).toBe(`node scripts/run.mjs ${name}`);
  });

  it.each(Object.keys(commands))('explain themselves without installing or building anything: %s', (name) => {
    const { status, stdout, stderr } = run(name, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(commands[name]?.summary);
  });

  it('are listed when an unknown one is asked for', () => {
    const { status, stderr } = run('no-such-command');
    expect(status).toBe(2);
    for (const name of Object.keys(commands)) expect(stderr).toContain(name);
  });
});
