import { percentile } from './statistics.js';

/** How fast something is done over and over. */
export interface Speed {
  perSecond: number;
  /** Of one operation, in this process, on all cores: what other programs take of the machine moves this far less. */
  cpuMicroseconds: number;
  /** Of one operation, over batches. */
  microsecondsP99: number;
}

interface Pace {
  /** Operations under way at a time. */
  atOnce: number;
  /** Operations between two looks at the clock: one where each takes far longer than a look. */
  batch: number;
  warmUpMs: number;
  durationMs: number;
}

/** Measures an operation; one that answers at once is not waited for. */
export async function measureSpeed(
  operate: () => unknown,
  { atOnce, batch, warmUpMs, durationMs }: Pace,
): Promise<Speed> {
  const repeat = async (limitMs: number, batchesMs: number[]): Promise<void> => {
    const startedMs = performance.now();
    let nowMs = startedMs;
    do {
      for (let index = 0; index < batch; index += 1) {
        const pending = operate();
        if (pending instanceof Promise) await pending;
      }
      const endedMs = performance.now();
      batchesMs.push(endedMs - nowMs);
      nowMs = endedMs;
    } while (nowMs - startedMs < limitMs);
  };
  const repeatAll = async (limitMs: number): Promise<number[]> => {
    const batchesMs: number[] = [];
    await Promise.all(Array.from({ length: atOnce }, () => repeat(limitMs, batchesMs)));
    return batchesMs;
  };
  await repeatAll(warmUpMs);
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  const batchesMs = await repeatAll(durationMs);
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  const operations = batchesMs.length * batch;
  return {
    perSecond: (operations * 1_000) / elapsedMs,
    cpuMicroseconds: (user + system) / operations,
    microsecondsP99: (percentile(Float64Array.from(batchesMs).sort(), 0.99) * 1_000) / batch,
  };
}
