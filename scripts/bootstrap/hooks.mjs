import { existsSync, statSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { runQuietly } from '../lib/process.mjs';

/** Points git at `.githooks`, unless the developer chose hooks of their own or this is no checkout. */
export async function ensureGitHooks() {
  // In a linked worktree `.git` is a file, and its configuration is that of the main checkout, which decides for itself.
  const isCheckout = statSync(inRoot('.git'), { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (process.env.CI || !isCheckout || !existsSync(inRoot('.githooks'))) return;
  const current = await runQuietly('git', ['config', '--get', 'core.hooksPath']);
  // 1: not set. Any other failure (no git, not our checkout) is no reason to stop a start.
  if (current.code === 1) await runQuietly('git', ['config', 'core.hooksPath', '.githooks']);
}
