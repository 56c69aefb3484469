import { contractFiles } from './contracts.mjs';
import { rules } from './index.mjs';
import { processRules } from './processes.mjs';
import { rootConfig, rootReferences } from './references.mjs';
import { fileLength, largeFiles, migrationNumbers, serviceReadme } from './structure.mjs';
import { plantedTree } from './tree.mjs';
import { environmentReaders, forbiddenWords } from './words.mjs';

const word = (...parts: string[]) => parts.join('');
const lines = (count: number) => 'const line = 1;\n'.repeat(count);

describe('tidy: every rule finds its planted violation and leaves clean files alone', () => {
  it('finds a file that is too long, and only warns of a large one', () => {
    const tree = plantedTree({
      'libs/x/src/long.ts': lines(351),
      'libs/x/src/large.ts': lines(300),
      'a.ts': lines(10),
    });
    expect(fileLength.check(tree)).toEqual([expect.stringContaining('libs/x/src/long.ts: 351 lines')]);
    expect(largeFiles(tree)).toEqual(['libs/x/src/large.ts']);
  });

  it('finds two migrations of one service with the same number', () => {
    const tree = plantedTree({
      'prisma/wallet/migrations/0001_start/migration.sql': '',
      'prisma/wallet/migrations/0002_leases/migration.sql': '',
      'prisma/wallet/migrations/0002_periods/migration.sql': '',
      'prisma/routing/migrations/0001_start/migration.sql': '',
      'prisma/routing/migrations/later/migration.sql': '',
    });
    expect(migrationNumbers.check(tree)).toEqual([
      expect.stringContaining('prisma/routing/migrations/later/migration.sql'),
      expect.stringContaining('number 0002 is taken by 0002_leases'),
    ]);
  });

  it('finds a service without README', () => {
    const tree = plantedTree({
      'apps/wallet/package.json': '{}',
      'apps/routing/package.json': '{}',
      'apps/routing/README.md': '',
    });
    expect(serviceReadme.check(tree)).toEqual([expect.stringContaining('apps/wallet/README.md is missing')]);
  });

  it('finds a package that the root does not refer to, and writes the file that does', () => {
    const contents = {
      'libs/kernel/package.json': '{}',
      'libs/kernel/tsconfig.json': '{}',
      'apps/wallet/package.json': '{}',
      'apps/wallet/tsconfig.json': '{}',
      'packages/terraform/package.json': '{}',
      'tsconfig.json': '{ "references": [{ "path": "libs/kernel" }] }',
    };
    expect(rootReferences.check(plantedTree(contents))).toEqual([
      expect.stringContaining('no reference to apps/wallet'),
    ]);
    const mended = { ...contents, 'tsconfig.json': rootConfig(plantedTree(contents)) };
    expect(rootReferences.check(plantedTree(mended))).toEqual([]);
  });

  it('finds a contract without owner or example', () => {
    const tree = plantedTree({
      'libs/contracts/src/events/good.v1.ts': "defineEvent({ owner: 'wallet', example: {} })",
      'libs/contracts/src/events/bad.v1.ts': "defineEvent({ subject: 'evt.wallet.x.y.v1' })",
      'libs/contracts/src/events/index.ts': "export * from './good.v1.js';",
    });
    expect(contractFiles.check(tree)).toHaveLength(2);
    expect(contractFiles.check(tree).join()).not.toContain('good');
  });

  it.each([
    word('// TO', 'DO: later'),
    word('// FIX', 'ME'),
    word("throw new Error('not ", "implemented');"),
    word('// @ts-', 'ignore'),
    word('// oxlint-', 'disable-next-line'),
  ])('finds unfinished or silenced code: %s', (line) => {
    expect(forbiddenWords.check(plantedTree({ 'libs/x/src/a.ts': `const a = 1;\n${line}\n` }))).toEqual([
      expect.stringContaining('libs/x/src/a.ts:2'),
    ]);
  });

  it.each([
    word('it', ".skip('x', () => {})"),
    word('describe', ".only('x', () => {})"),
    word('expect(true)', '.toBe(true)'),
  ])('finds a test that does not test: %s', (line) => {
    expect(forbiddenWords.check(plantedTree({ 'libs/x/src/a.spec.ts': line }))).toHaveLength(1);
  });

  it('finds a second reader of the environment', () => {
    const tree = plantedTree({
      'apps/wallet/src/domain/rule.ts': 'const a = process.env.A;',
      'apps/wallet/src/config.ts': 'const a = process.env.A;',
      'apps/wallet/src/a.int.spec.ts': 'const a = process.env.A;',
      'scripts/run.mjs': 'const a = process.env.A;',
    });
    expect(environmentReaders.check(tree)).toEqual([expect.stringContaining('apps/wallet/src/domain/rule.ts:1')]);
  });

  it('has at least one problem-free path through all rules', () => {
    const tree = plantedTree({ 'tsconfig.json': '{ "references": [] }', 'libs/x/src/a.ts': 'export const a = 1;\n' });
    expect(rules.flatMap(({ check }) => check(tree))).toEqual([]);
  });
});

describe('tidy: child processes', () => {
  const problems = (text: string) => processRules.check(plantedTree({ 'libs/x/src/a.ts': text }));

  it.each([
    "import { exec } from 'node:child_process';",
    "import { execSync } from 'child_process';",
    "import { execFile as run } from 'node:child_process';",
    "import { execFileSync, spawn } from 'node:child_process';",
    "import * as processes from 'node:child_process';",
    "import processes from 'node:child_process';",
    "export { exec } from 'node:child_process';",
    "const { exec } = await import('node:child_process');",
    "const { exec } = require('child_process');",
    'run(command, { shell: true });',
    "import { spawn } from 'node:child_process';\nspawn('ls', [], { shell: '/bin/sh' });",
    "import { spawn } from 'node:child_process';\nconst shell = true;\nspawn('ls', [], { shell });",
  ])('[PF-011] finds a way to run a shell: %s', (text) => {
    expect(problems(text)).toHaveLength(1);
  });

  it.each([
    "import { spawn, spawnSync, fork, type ChildProcess } from 'node:child_process';\nspawn('ls', ['-l'], { shell: false });",
    "const found = /a/.exec('a');",
    'const tool = { shell: z.string() };',
    "const text = 'shell: true';",
  ])('lets a harmless text pass: %s', (text) => {
    expect(problems(text)).toEqual([]);
  });
});
