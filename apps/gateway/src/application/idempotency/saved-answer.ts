/** An answer as its caller got it. */
export interface SavedAnswer {
  status: number;
  headers: Record<string, string>;
  trailers: Record<string, string>;
  body: Buffer;
}

/** As text: what is to be known of the body in JSON, a line break, the bytes of the body one character each. */
export function encodeAnswer({ body, ...head }: SavedAnswer): string {
  return `${JSON.stringify(head)}\n${body.toString('latin1')}`;
}

export function decodeAnswer(text: string): SavedAnswer {
  const end = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, end)) as Omit<SavedAnswer, 'body'>;
  return { ...head, body: Buffer.from(text.slice(end + 1), 'latin1') };
}
