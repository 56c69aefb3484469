import { defineEvent, defineRpc, defineSnapshot, nanoUsd } from '@ao/contracts';
import { nanoUsd as asNanoUsd, type AppError, type Logger } from '@ao/kernel';
import { z } from 'zod';

let count = 0;
const money = z.object({ id: z.string().min(1), costNanoUsd: nanoUsd });

/** Contracts that no other test uses: subjects of one test never meet those of another on a shared server. */
export function newContracts() {
  const unique = `t${process.pid}-${(count += 1)}`;
  const owner = 'wallet' as const;
  const example = { id: 'one', costNanoUsd: '1' };
  return {
    rpc: defineRpc({
      subject: `rpc.${owner}.${unique}.v1`,
      owner,
      request: money,
      response: money,
      example: { request: example, response: example },
    }),
    event: defineEvent({ subject: `evt.${owner}.${unique}.happened.v1`, owner, payload: money, example }),
    snapshot: defineSnapshot({
      name: `snap.${owner}.${unique}`,
      owner,
      value: z.object({ version: z.int(), text: z.string() }),
      example: { version: 1, text: '' },
    }),
  };
}

export const occurredAt = '2026-01-02T03:04:05Z';

/** A message for each of those contracts. */
export const payloadOf = (id: string, cost = 1n) => ({ id, costNanoUsd: asNanoUsd(cost) });
export const eventOf = (id: string, cost = 1n) => ({ id, occurredAt, payload: payloadOf(id, cost) });

/** What a promise is rejected with, which our code makes an AppError. */
export const errorOf = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => Promise.reject(new Error('it resolved')),
    (cause: AppError) => cause,
  );

/** Remembers what was logged at `warn` and `error`. */
export class CollectingLogger implements Logger {
  readonly errors: { fields: object; message: string }[] = [];
  readonly warnings: { fields: object; message: string }[] = [];

  debug(): void {}
  info(): void {}
  warn(fields: object, message: string): void {
    this.warnings.push({ fields, message });
  }
  error(fields: object, message: string): void {
    this.errors.push({ fields, message });
  }
}

/** Waits until the check passes; then, or when time is up, what the check says counts. */
export async function eventually(check: () => void | Promise<void>, withinMs = 5_000): Promise<void> {
  for (const endMs = performance.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
  }
}

export async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** An event handler that takes a batch one by one. */
export const each =
  <Event>(handle: (event: Event) => void | Promise<void>) =>
  async (events: Event[]): Promise<void> => {
    for (const event of events) await handle(event);
  };
