// Run by git before a commit. The repository is the one that git stands in; the rules are those beside this file.
import { existsSync } from 'node:fs';
import { formatArgs } from '../checks/format.mjs';
import { lintArgs } from '../checks/lint.mjs';
import { isCode } from '../checks/tidy/tree.mjs';
import { checkTypes } from '../checks/types.mjs';
import { ensureBuild } from '../bootstrap/build.mjs';
import { reportFailure } from '../lib/console.mjs';
import { StepFailure } from '../lib/failure.mjs';
import { inRoot } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';
import { secretsInDiff } from './secrets.mjs';

try {
  await refuseSecrets();
  const staged = await git(['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z']);
  const files = staged.split('\0').filter((path) => isChecked(path) && existsSync(path));
  if (files.length > 0) await checkFiles(files);
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

/** @param {string} path */
function isChecked(path) {
  return isCode(path) || /\.(json|md|ya?ml|css|html)$/.test(path);
}

/**
 * @param {string[]} args
 * @returns {Promise<string>}
 */
async function git(args) {
  const { code, output, tail } = await runQuietly('git', args, { cwd: process.cwd() });
  if (code !== 0) throw new StepFailure(`git ${args[0]} failed`, { tail });
  return output;
}

async function refuseSecrets() {
  const findings = secretsInDiff(await git(['diff', '--cached', '-U0', '--no-color', '--no-ext-diff']));
  if (findings.length === 0) return;
  throw new StepFailure(
    'The commit carries a secret: take it out and revoke it. Only for a made-up key, end the line with "pragma: allowlist secret".',
    { tail: findings.map(({ file, line, kind }) => `${file}:${line}: ${kind}`).join('\n') },
  );
}

/** @param {string[]} files staged, relative to the root */
async function checkFiles(files) {
  // A commit never installs anything: it is no moment to wait for a network.
  if (!existsSync(inRoot('node_modules', '.modules.yaml'))) {
    throw new StepFailure('Format, lint and types cannot be checked before `npm run build` has run once.');
  }
  const tools = { node: process.execPath, env: process.env };
  const code = files.filter(isCode);
  await mustPass(tools, formatArgs('--check', files), 'format: run `npm run format` and stage the result');
  if (code.length === 0) return;
  await mustPass(tools, lintArgs(['--no-error-on-unmatched-pattern', ...code]), 'lint: mend what is named above');
  // Types cannot be told file by file; the compiler is incremental, so this costs what the change costs.
  await ensureBuild(tools.node, tools.env);
  await checkTypes(tools);
}

/**
 * @param {import('../bootstrap/index.mjs').Toolchain} tools
 * @param {string[]} args
 * @param {string} advice
 */
async function mustPass({ node, env }, args, advice) {
  const { code, tail } = await runQuietly(node, args, { cwd: process.cwd(), env });
  if (code !== 0) throw new StepFailure(advice, { tail });
}
