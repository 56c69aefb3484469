import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.mjs';
import { secretIn, secretsInDiff } from './secrets.mjs';

// Made up, and put together here so that this file itself passes the hook.
const made = {
  openai: `sk-proj-${'a1B2c3D4'.repeat(6)}`,
  gateway: `sk-ao-${'a1B2c3D4'.repeat(5)}`,
  anthropic: `sk-ant-api03-${'a1B2c3D4'.repeat(6)}`,
  aws: `AKIA${'ABCD2345'.repeat(2)}`,
  github: `ghp_${'a1B2c3D4'.repeat(5)}`,
  google: `AIza${'a1B2c3D'.repeat(5)}`,
  slack: `xoxb-${'1234567890-'.repeat(2)}abcdefghij`,
  key: ['-----BEGIN RSA ', 'PRIVATE KEY-----'].join(''),
};

describe('pre-commit hook', () => {
  let folder: string;
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
    return spawnSync('git', [...identity, ...args], { cwd: folder, env, encoding: 'utf8' });
  };
  const commit = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    git('add', '--all');
    return git('commit', '--message', 'change');
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ao-hook-'));
    git('init', '--quiet');
    git('config', 'core.hooksPath', inRoot('.githooks'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('[PF-009] refuses a commit that carries a key, names the place and never the key', () => {
    const refused = commit('settings.txt', `first\nkey = ${made.openai}\n`);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('settings.txt:2: OpenAI');
    expect(refused.stderr).not.toContain(made.openai);
    expect(git('log').status).not.toBe(0);
  });

  it('[PF-009] lets a commit without a key pass', () => {
    expect(commit('notes.txt', 'sk-ao-example is what a key looks like\n').status).toBe(0);
    expect(git('log', '--oneline').stdout).toContain('change');
  });

  it('[PF-009] refuses an unformatted file', () => {
    const refused = commit('data.json', '{"a":\n1}');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('npm run format');
  });
});

describe('secret scan', () => {
  it.each(Object.entries(made))('[PF-009] knows a secret of kind %s', (_kind, secret) => {
    expect(secretIn(`+const value = '${secret}';`)).toBeDefined();
  });

  it.each([
    'sk-test',
    'sk-ao-…',
    'task-with-a-name-that-is-rather-long-for-a-task-2',
    'AKIA',
    'a sk-learn-model-selection-tutorial-page-here',
  ])('leaves ordinary text alone: %s', (text) => {
    expect(secretIn(`+${text}`)).toBeUndefined();
  });

  it('looks at added lines only and respects the mark for made-up keys', () => {
    const diff = [
      '+++ b/a.ts',
      '@@ -1,2 +5,3 @@',
      `-${made.aws}`,
      '+fine',
      `+${made.aws}`,
      `+${made.aws} // pragma: allowlist secret`,
    ];
    expect(secretsInDiff(diff.join('\n'))).toEqual([{ file: 'a.ts', line: 6, kind: 'AWS access key' }]);
  });
});
