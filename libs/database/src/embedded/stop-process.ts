import { sleep } from '@ao/kernel';
import { isAlive } from './postmaster-file.js';

const CHECK_EVERY_MS = 20;
const IMMEDIATE_TIMEOUT_MS = 3_000;

/**
 * PostgreSQL's own ladder: SIGINT (disconnect everyone, checkpoint), SIGQUIT (leave the rest to recovery), SIGKILL. Each is
 * safe for committed data. On Windows the first is already a kill.
 */
export async function stopPostmaster(pid: number, gracefulTimeoutMs: number): Promise<void> {
  const ladder = [
    ['SIGINT', gracefulTimeoutMs],
    ['SIGQUIT', IMMEDIATE_TIMEOUT_MS],
    ['SIGKILL', IMMEDIATE_TIMEOUT_MS],
  ] as const;
  for (const [signal, timeoutMs] of ladder) {
    if (!send(pid, signal) || (await hasGone(pid, timeoutMs))) return;
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function hasGone(pid: number, timeoutMs: number): Promise<boolean> {
  for (const startedMs = performance.now(); performance.now() - startedMs < timeoutMs; await sleep(CHECK_EVERY_MS)) {
    if (!isAlive(pid)) return true;
  }
  return !isAlive(pid);
}
