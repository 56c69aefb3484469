import type { Clock } from '@ao/kernel';
import { LRUCache } from 'lru-cache';
import { COUNTS_PER_KEY_MAX, type Counts } from './counts.js';

const KEYS_MAX = 10_000;

/** Counts and members of a single process. */
export class MemoryCounts {
  private readonly counts: LRUCache<string, Map<string, bigint>>;
  private readonly members: LRUCache<string, Map<string, number>>;

  constructor(private readonly clock: Clock) {
    const options = { max: KEYS_MAX, perf: { now: () => clock.nowMs() }, ttlResolution: 0, ttl: 1 };
    this.counts = new LRUCache(options);
    this.members = new LRUCache(options);
  }

  add(key: string, amounts: Counts, ttlMs: number): void {
    const counts = this.counts.get(key) ?? new Map<string, bigint>();
    for (const [name, amount] of Object.entries(amounts)) {
      if (counts.has(name) || counts.size < COUNTS_PER_KEY_MAX) counts.set(name, (counts.get(name) ?? 0n) + amount);
    }
    this.counts.set(key, counts, { ttl: ttlMs });
  }

  get(key: string): Counts {
    return Object.fromEntries(this.counts.get(key) ?? []);
  }

  addMember(key: string, member: string, { ttlMs, membersMax }: { ttlMs: number; membersMax: number }): void {
    const members = this.alive(key);
    members.set(member, this.clock.nowMs() + ttlMs);
    if (members.size > membersMax) members.delete(soonest(members));
    this.members.set(key, members, { ttl: Math.max(...members.values()) - this.clock.nowMs() });
  }

  countMembers(key: string): number {
    return this.alive(key).size;
  }

  private alive(key: string): Map<string, number> {
    const nowMs = this.clock.nowMs();
    return new Map([...(this.members.get(key) ?? [])].filter(([, endsAtMs]) => endsAtMs > nowMs));
  }
}

function soonest(members: ReadonlyMap<string, number>): string {
  let [first] = members;
  for (const entry of members) if (entry[1] < first![1]) first = entry;
  return first![0];
}
