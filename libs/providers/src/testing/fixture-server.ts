import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A request as its bytes came in. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server does with a request; when it returns, the connection is ready for the next one. */
export type Answer = (socket: Socket, request: SeenRequest) => Promise<void> | void;

export interface FixtureServer {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Throws when there is none. */
  readonly firstRequest: SeenRequest;
  /** Sockets accepted since the start, and those open now. */
  readonly sockets: { accepted: number; open: number };
  /** Answers from now on. */
  answer: Answer;
  stop(): Promise<void>;
}

/** A server on a bare TCP socket, so that a test decides about every byte, and every missing one. */
export async function startFixtureServer(answer: Answer): Promise<FixtureServer> {
  const open = new Set<Socket>();
  const sockets = { accepted: 0, open: 0 };
  const requests: SeenRequest[] = [];
  const tcp = createServer((socket) => {
    sockets.accepted += 1;
    sockets.open += 1;
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.open -= 1;
      open.delete(socket);
    });
    void serve(socket, async (request) => {
      requests.push(request);
      await server.answer(socket, request);
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const server: FixtureServer = {
    url: `http://127.0.0.1:${(tcp.address() as AddressInfo).port}`,
    requests,
    get firstRequest() {
      const [first] = requests;
      if (first === undefined) throw new Error('The server has seen no request');
      return first;
    },
    sockets,
    answer,
    stop: async () => {
      for (const socket of open) socket.destroy();
      tcp.close();
      await once(tcp, 'close');
    },
  };
  return server;
}

/** Reads requests one after the other. */
async function serve(socket: Socket, handle: (request: SeenRequest) => Promise<void>): Promise<void> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      const parsed = parseRequest(bytes);
      if (parsed === null) continue;
      bytes = bytes.subarray(parsed.length);
      await handle(parsed.request);
    }
  } catch {
    // The client went away: that is what many tests are about.
    socket.destroy();
  }
}

function parseRequest(bytes: Buffer): { request: SeenRequest; length: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const headers = Object.fromEntries(lines.map((line) => splitHeader(line)));
  const bodyStart = headEnd + 4;
  const length = bodyStart + Number(headers['content-length'] ?? 0);
  if (bytes.length < length) return null;
  return { request: { method, path, headers, body: bytes.toString('utf8', bodyStart, length) }, length };
}

function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** A recorded answer: status line and headers, an empty line, the body. */
export interface Recording {
  readonly head: string;
  readonly body: Buffer;
  /** The connection broke here: the file is named `….cut.http`. */
  readonly isCut: boolean;
}

export function readRecording(file: URL): Recording {
  const bytes = readFileSync(file);
  const headEnd = bytes.indexOf('\n\n');
  return {
    head: bytes.toString('latin1', 0, headEnd).replaceAll('\n', '\r\n'),
    body: bytes.subarray(headEnd + 2),
    isCut: file.pathname.endsWith('.cut.http'),
  };
}

/** Answers with a recording: streams chunk by chunk and frame by frame, anything else whole. */
export function replay(recording: Recording): Answer {
  const isStream = /text\/event-stream|vnd\.amazon\.eventstream/.test(recording.head);
  return async (socket) => {
    if (isStream) await replayStream(socket, recording);
    else socket.write(`${recording.head}\r\ncontent-length: ${recording.body.length}\r\n\r\n`);
    if (!isStream) socket.write(recording.body);
    if (recording.isCut) socket.destroy();
  };
}

async function replayStream(socket: Socket, { head, body, isCut }: Recording): Promise<void> {
  socket.write(`${head}\r\ntransfer-encoding: chunked\r\n\r\n`);
  const isBinary = head.includes('vnd.amazon.eventstream');
  for (const frame of isBinary ? binaryFrames(body) : body.toString('utf8').split(/(?<=\n\n)/)) {
    socket.write(`${Buffer.byteLength(frame).toString(16)}\r\n`);
    socket.write(frame);
    socket.write('\r\n');
    // A turn of the event loop each, so that they leave as packets of their own.
    await nextTurn();
  }
  if (!isCut) socket.write('0\r\n\r\n');
}

/** Frames of AWS's event stream begin with their length; the last one may be cut. */
function binaryFrames(body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = at + body.readUInt32BE(at);
    frames.push(body.subarray(at, end));
    at = end;
  }
  return frames;
}

/** A chunk of chunked transfer coding. */
export function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
