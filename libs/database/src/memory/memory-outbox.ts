import type { OutboxEvent } from '../outbox/append-outbox.js';
import type { MemoryDatabase } from './memory-database.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** `appendOutbox`, in memory. */
export async function appendMemoryOutbox(
  database: MemoryDatabase,
  transaction: MemoryTransaction,
  events: readonly OutboxEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await transaction.statement('append outbox');
  for (const event of events) {
    const row = { ...event, sequence: database.nextSequence(), published: false };
    await transaction.insert(database.outbox, event.id, row);
  }
}

/** `claimInbox`, in memory. */
export async function claimMemoryInbox(
  database: MemoryDatabase,
  transaction: MemoryTransaction,
  consumer: string,
  eventIds: readonly string[],
): Promise<string[]> {
  if (eventIds.length === 0) return [];
  await transaction.statement('claim inbox');
  const claimed = new Set<string>();
  for (const id of [...new Set(eventIds)].sort()) {
    const row = { receivedAtMs: database.nowMs() };
    if (await transaction.insert(database.inbox, `${consumer}\n${id}`, row)) claimed.add(id);
  }
  return eventIds.filter((id) => claimed.delete(id));
}
