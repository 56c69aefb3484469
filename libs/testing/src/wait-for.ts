import { sleep } from '@ao/kernel';

export interface WaitOptions {
  timeoutMs?: number;
  intervalMs?: number;
  /** Completes "waited N ms for …". */
  description?: string;
}

/**
 * Asks until the condition gives something truthy, and gives that. A condition that throws counts as "not yet".
 *
 * @throws Error after `timeoutMs` (5 s unless told), with the condition's last error as its cause
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<NonNullable<T>> {
  const { timeoutMs = 5_000, intervalMs = 10, description = 'a condition' } = options;
  let lastError: unknown;
  for (const startedMs = performance.now(); performance.now() - startedMs < timeoutMs; await sleep(intervalMs)) {
    try {
      const value = await condition();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
  }
  throw new Error(`waited ${timeoutMs} ms for ${description}`, { cause: lastError });
}
