/** Items on their way to one taker, who gets them in batches. */
export class BatchQueue<Item> {
  private readonly items: Item[] = [];
  private taker: { count: number; wake: () => void } | null = null;
  private onTaken: (() => void) | null = null;
  private closed = false;

  /**
   * @param batchSizeMax items handed over at once
   * @param batchWaitMs how long the first item of a batch may wait for the others
   */
  constructor(
    private readonly batchSizeMax: number,
    private readonly batchWaitMs: number,
  ) {}

  get length(): number {
    return this.items.length;
  }

  push(item: Item): void {
    this.items.push(item);
    if (this.taker && this.items.length >= this.taker.count) this.taker.wake();
  }

  /** The next batch, waiting for a first item; an empty one means that the queue is closed. For one taker at a time. */
  async take(): Promise<Item[]> {
    if (this.items.length === 0) await this.untilHolds(1);
    if (this.items.length < this.batchSizeMax && this.batchSizeMax > 1) {
      await this.untilHolds(this.batchSizeMax, this.batchWaitMs);
    }
    const batch = this.items.splice(0, this.batchSizeMax);
    this.onTaken?.();
    return batch;
  }

  /** Resolves when at most `count` items are left, or the queue is closed. For one waiter at a time. */
  async untilAtMost(count: number): Promise<void> {
    while (!this.closed && this.items.length > count) {
      await new Promise<void>((resolve) => (this.onTaken = resolve));
    }
    this.onTaken = null;
  }

  /** Wakes whoever waits, and gives back what nobody took. */
  close(): Item[] {
    this.closed = true;
    const left = this.items.splice(0);
    this.taker?.wake();
    this.onTaken?.();
    return left;
  }

  private untilHolds(count: number, waitMsMax?: number): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.taker = null;
        resolve();
      };
      const timer = waitMsMax === undefined ? undefined : setTimeout(wake, waitMsMax);
      this.taker = { count, wake };
    });
  }
}
