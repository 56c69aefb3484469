/** A kind of thing that a protocol keeps between two requests, with its limits; the oldest go first. */
export interface ShelfKind<T> {
  readonly name: string;
  readonly countMax: number;
  readonly bytesMax: number;
  byteCountOf(item: T): number;
}

/** The things of one kind, in the order they were kept. */
export class Shelf<T> {
  private readonly kept = new Map<string, { readonly item: T; readonly byteCount: number }>();
  private byteCount = 0;

  constructor(private readonly kind: ShelfKind<T>) {}

  get items(): T[] {
    return Array.from(this.kept.values(), ({ item }) => item);
  }

  get(id: string): T | undefined {
    return this.kept.get(id)?.item;
  }

  /** Keeps the item, in the place of one with the same id; the latest is kept even when it is too large alone. */
  set(id: string, item: T): void {
    const byteCount = this.kind.byteCountOf(item);
    this.byteCount += byteCount - (this.kept.get(id)?.byteCount ?? 0);
    this.kept.set(id, { item, byteCount });
    for (const oldest of this.kept.keys()) {
      const full = this.kept.size > this.kind.countMax || this.byteCount > this.kind.bytesMax;
      if (!full || this.kept.size === 1) return;
      if (oldest !== id) this.delete(oldest);
    }
  }

  /** Whether there was one. */
  delete(id: string): boolean {
    this.byteCount -= this.kept.get(id)?.byteCount ?? 0;
    return this.kept.delete(id);
  }
}

/** What one simulator keeps for its protocols, such as stored responses and uploaded files. Never on disk. */
export class Memory {
  private readonly shelves = new Map<ShelfKind<never>, Shelf<never>>();

  shelf<T>(kind: ShelfKind<T>): Shelf<T> {
    const found = this.shelves.get(kind) as Shelf<T> | undefined;
    if (found !== undefined) return found;
    const shelf = new Shelf(kind);
    this.shelves.set(kind, shelf as unknown as Shelf<never>);
    return shelf;
  }

  clear(): void {
    this.shelves.clear();
  }
}
