import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../guardian/guardian.mjs', import.meta.url));
let guardian: ChildProcess | undefined;

/** Kills the process `pid` when this one dies without having said `release`, be it by SIGKILL. */
export function guardProcess(pid: number): () => void {
  return guard('pid', String(pid));
}

/** Removes the folder when this process dies without having said `release`. */
export function guardFolder(folder: string): () => void {
  return guard('folder', folder);
}

function guard(kind: 'pid' | 'folder', value: string): () => void {
  say(`+${kind} ${value}`);
  return () => say(`-${kind} ${value}`);
}

function say(line: string): void {
  guardian ??= startGuardian();
  guardian.stdin!.write(`${line}\n`);
}

/** Detached and unreferenced: it neither keeps us alive nor dies with us. */
function startGuardian(): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
