import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot, root } from '../lib/paths.mjs';
import { lintArgs } from './lint.mjs';

describe('lint', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ao-lint-'));
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true, "types": [] } }');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lint = (text: string) => {
    writeFileSync(join(folder, 'planted.ts'), text);
    const args = lintArgs(['--config', inRoot('.oxlintrc.json'), '--format', 'unix', folder]);
    return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  };

  it.each([
    ['no-restricted-imports', "import { exec } from 'node:child_process';\nexec('ls');\n"],
    ['no-restricted-imports', "import { spawn } from 'child_process';\nspawn('ls');\n"],
    ['no-floating-promises', 'async function work(): Promise<number> {\n  return 1;\n}\nwork();\n'],
    ['eqeqeq', 'export const same = (a: string, b: string) => a == b;\n'],
  ])('[PF-011] fails on a planted violation of %s', (rule, text) => {
    const { status, stdout } = lint(text);
    expect(stdout).toContain(rule);
    expect(status).not.toBe(0);
  });

  it('passes a clean file', () => {
    const { status, stdout } = lint(
      "import { spawn } from 'node:child_process';\n\nexport const start = () => spawn('ls', ['-l']);\n",
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
