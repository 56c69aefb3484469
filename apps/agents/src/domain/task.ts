/** Work that a key has handed over, to be done in the background. */
export interface Task {
  id: string;
  orgId: string;
  /** The key that submitted it. */
  keyId: string;
  status: 'pending' | 'running' | 'completed' | 'failed';
  query: string;
  model: string;
  result: string | null;
  error: string | null;
  createdAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

/** A task in the hands of a runner. `runNumber` tells its lease from that of the runner before and after. */
export interface TaskRun {
  taskId: string;
  orgId: string;
  runNumber: number;
  query: string;
  model: string;
  /** Null where the gateway asks for no key. */
  sealedKey: string | null;
  /** How many runs before this one were cut off. */
  interruptions: number;
}

/** How a run ends: for good, or with the task back among the waiting. */
export type RunEnd =
  | { kind: 'completed'; result: string }
  | { kind: 'failed'; error: string }
  | { kind: 'released'; delayMs: number; interruptions: number };

interface Reader {
  orgId: string;
  keyId: string;
  role: 'owner' | 'admin' | 'member' | 'viewer';
}

/** A task is its owner's; admins see those of their organisation. */
export function mayRead(task: Task, reader: Reader): boolean {
  if (task.orgId !== reader.orgId) return false;
  return task.keyId === reader.keyId || reader.role === 'admin' || reader.role === 'owner';
}

/** Enough to sit out a restart of the gateway (about a minute); more would hide a task that brings its runner down. */
export const INTERRUPTIONS_MAX = 6;
const DELAY_FIRST_MS = 1_000;

/** The end of a run that was cut off through no fault of the task: it waits for another, each time longer. */
export function afterInterruption({ interruptions }: Pick<TaskRun, 'interruptions'>, reason: string): RunEnd {
  if (interruptions < INTERRUPTIONS_MAX) {
    return { kind: 'released', delayMs: DELAY_FIRST_MS * 2 ** interruptions, interruptions: interruptions + 1 };
  }
  return { kind: 'failed', error: `${reason} The task was cut off ${interruptions + 1} times and given up.` };
}
