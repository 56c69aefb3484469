/**
 * Runs work per key, one run at a time. Whoever comes while a run is under way may not rely on it, for it may have looked
 * before they came: all of them share the next one.
 */
export class Coalesced<Result> {
  private readonly running = new Map<string, { ended: Promise<void>; next: Promise<Result> | null }>();

  constructor(private readonly work: (key: string) => Promise<Result>) {}

  run(key: string): Promise<Result> {
    const running = this.running.get(key);
    if (!running) return this.start(key);
    running.next ??= running.ended.then(() => this.start(key));
    return running.next;
  }

  private start(key: string): Promise<Result> {
    const result = this.work(key);
    const forget = (): void => void this.running.delete(key);
    this.running.set(key, { ended: result.then(forget, forget), next: null });
    return result;
  }
}
