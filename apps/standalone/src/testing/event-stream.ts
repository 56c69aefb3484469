/** A server-sent event stream as it came over the wire. */
export interface EventStream {
  status: number;
  headers: Headers;
  /** The data of each event so far, in order. */
  events: string[];
  /** The data of the next event; undefined at the end. */
  next(): Promise<string | undefined>;
  /** Reads to the end. */
  all(): Promise<string[]>;
  /** Closes the connection at once, as a client that leaves. */
  leave(): void;
}

/** Reads the events of an answer one by one. */
export function readEventStream(response: Response, controller: AbortController): EventStream {
  const frames = dataOf(response);
  const events: string[] = [];
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await frames.next();
    if (done) return undefined;
    events.push(value);
    return value;
  };
  return {
    status: response.status,
    headers: response.headers,
    events,
    next,
    async all() {
      while ((await next()) !== undefined);
      return events;
    },
    leave: () => controller.abort(),
  };
}

/** The content of the chunks, joined. */
export function contentOf(events: readonly string[]): string {
  return chunksOf(events)
    .map((chunk) => chunk.choices[0]?.delta?.content ?? '')
    .join('');
}

interface Chunk {
  choices: { delta?: { content?: string | null }; finish_reason?: string | null }[];
  usage?: Record<string, any> | null;
  error?: { code: string };
}

/** The chunks of a stream, without the end marker and without errors. */
export function chunksOf(events: readonly string[]): Chunk[] {
  return events
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Chunk)
    .filter((chunk) => chunk.error === undefined);
}

async function* dataOf(response: Response): AsyncGenerator<string, void> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = text.slice(0, end);
      text = text.slice(end + 2);
      if (frame.startsWith('data: ')) yield frame.slice('data: '.length);
    }
  }
  // An error that came instead of a stream is no event.
  if (isStream && text !== '') throw new Error(`the stream ended inside an event: ${text}`);
}
