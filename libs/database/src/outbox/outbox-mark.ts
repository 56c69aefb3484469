/** The connections whose open transaction has appended events: how a commit knows that the relay has work. */
const marked = new WeakSet<object>();

export function markOutbox(client: object): void {
  marked.add(client);
}

/** Whether the connection was marked; clears the mark. */
export function takeOutboxMark(client: object): boolean {
  return marked.delete(client);
}
