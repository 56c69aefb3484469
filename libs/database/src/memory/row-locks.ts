/** Whoever holds or waits for row locks. */
type Owner = object;

interface Lock {
  holder: Owner;
  waiting: { owner: Owner; resolve: () => void; reject: (error: Error) => void }[];
}

/** Exclusive locks on rows, first come, first served, as PostgreSQL grants them; a circle of waits is a deadlock. */
export class RowLocks {
  private readonly locks = new Map<string, Lock>();
  private readonly heldBy = new Map<Owner, string[]>();
  deadlocks = 0;

  isFree(key: string, owner: Owner): boolean {
    const holder = this.locks.get(key)?.holder;
    return holder === undefined || holder === owner;
  }

  /** Null when it was had at once. Rejects with PostgreSQL's code when waiting for it would close a circle. */
  acquire(key: string, owner: Owner): Promise<void> | null {
    const lock = this.locks.get(key);
    if (!lock) {
      this.locks.set(key, { holder: owner, waiting: [] });
      this.note(key, owner);
      return null;
    }
    if (lock.holder === owner) return null;
    return new Promise((resolve, reject) => {
      lock.waiting.push({ owner, resolve, reject });
      if (!this.waitsFor(lock.holder, owner)) return;
      this.deadlocks += 1;
      this.forget(lock, owner);
      reject(Object.assign(new Error('deadlock detected'), { code: '40P01' }));
    });
  }

  /** Gives up everything, waits included. */
  release(owner: Owner): void {
    for (const lock of this.locks.values()) this.forget(lock, owner);
    for (const key of this.heldBy.get(owner) ?? []) this.passOn(key);
    this.heldBy.delete(owner);
  }

  private passOn(key: string): void {
    const lock = this.locks.get(key)!;
    const next = lock.waiting.shift();
    if (!next) return void this.locks.delete(key);
    lock.holder = next.owner;
    this.note(key, next.owner);
    next.resolve();
  }

  private note(key: string, owner: Owner): void {
    const held = this.heldBy.get(owner);
    if (held) held.push(key);
    else this.heldBy.set(owner, [key]);
  }

  private forget(lock: Lock, owner: Owner): void {
    if (lock.waiting.length > 0) lock.waiting = lock.waiting.filter((one) => one.owner !== owner);
  }

  /** Whether `owner` waits, over any number of others, for `target`. */
  private waitsFor(owner: Owner, target: Owner): boolean {
    const seen = new Set<Owner>();
    const visit = (one: Owner): boolean => {
      if (one === target) return true;
      if (seen.has(one)) return false;
      seen.add(one);
      return [...this.locks.values()].some(
        (lock) => lock.waiting.some(({ owner: waiting }) => waiting === one) && visit(lock.holder),
      );
    };
    return visit(owner);
  }
}
