/** What is to happen, and when. */
export interface TimedEvent {
  atMs: number;
  /** Decides between events of one moment: drawn, so that seeds try every order. */
  rank: number;
  label: string;
  run: () => void;
}

/** A binary heap: the earliest event first. */
export class EventHeap {
  private readonly events: TimedEvent[] = [];

  get first(): TimedEvent | undefined {
    return this.events[0];
  }

  push(event: TimedEvent): void {
    const { events } = this;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, events[parent]!)) break;
      events[index] = events[parent]!;
      index = parent;
    }
    events[index] = event;
  }

  pop(): TimedEvent | undefined {
    const { events } = this;
    const first = events[0];
    const last = events.pop();
    if (first === last || last === undefined) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= events.length) break;
      const right = left + 1;
      const child = right < events.length && isBefore(events[right]!, events[left]!) ? right : left;
      if (!isBefore(events[child]!, last)) break;
      events[index] = events[child]!;
      index = child;
    }
    events[index] = last;
    return first;
  }
}

const isBefore = (a: TimedEvent, b: TimedEvent): boolean => (a.atMs === b.atMs ? a.rank < b.rank : a.atMs < b.atMs);
