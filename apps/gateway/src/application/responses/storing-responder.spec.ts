import { SecretBox } from '@ao/config';
import { principal, principalExample } from '@ao/contracts';
import { AppError, silentLogger } from '@ao/kernel';
import type { Responder } from '../calls/call.js';
import type { ResponseStore } from './ports.js';
import { ResponseContents } from './response-contents.js';
import { StoreAnswer } from './store-answer.js';
import { StoringResponder } from './storing-responder.js';

const contents = new ResponseContents(new SecretBox(Buffer.alloc(32, 1)));
const alice = principal.parse(principalExample);
const response = { id: 'resp_a', model: 'm', store: true, output: [{ type: 'message', text: 'say "store":true' }] };

/** What goes out, in its order, and what is stored before it. */
class Recorder implements Responder {
  readonly steps: string[] = [];
  readonly ended: Promise<void>;
  private resolve = (): void => undefined;

  constructor() {
    this.ended = new Promise((resolve) => (this.resolve = resolve));
  }

  head(status: number, headers: Record<string, string>): void {
    this.steps.push(`head ${status} ${headers['content-length'] ?? ''}`);
  }

  write(chunk: Buffer): void {
    this.steps.push(`write ${chunk.toString()}`);
  }

  end(chunk?: Buffer): void {
    this.steps.push(`end ${chunk?.toString()}`);
    this.resolve();
  }
}

function answering(
  request: Record<string, unknown>,
  failure?: AppError,
): { out: Recorder; responder: StoringResponder } {
  const out = new Recorder();
  const store: ResponseStore = {
    save: (_principal, { id }) => {
      if (failure) return Promise.reject(failure);
      out.steps.push(`save ${id}`);
      return Promise.resolve();
    },
    find: () => Promise.resolve(null),
  };
  const storeAnswer = new StoreAnswer(store, contents, silentLogger);
  return { out, responder: new StoringResponder(out, storeAnswer, { principal: alice, request }, silentLogger) };
}

describe('answers that are stored before they are given', () => {
  const text = JSON.stringify(response);
  const last = `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response })}\n\n`;

  it('[BX-005] stores a whole answer before its caller has it', async () => {
    const { out, responder } = answering({ input: 'Hi' });
    responder.head(200, { 'content-length': String(text.length) });
    responder.end(Buffer.from(text));
    await out.ended;
    expect(out.steps).toEqual(['save resp_a', `head 200 ${text.length}`, `end ${text}`]);
  });

  it('[BX-005] stores a stream before its last event, and passes the others at once', async () => {
    const { out, responder } = answering({ input: 'Hi' });
    responder.head(200, { trailer: 'x-ao-cost-usd' });
    await responder.write(Buffer.from('data: 1'));
    expect(out.steps).toEqual(['head 200 ', 'write data: 1']);
    responder.end(Buffer.from(last));
    await out.ended;
    expect(out.steps.slice(2)).toEqual(['save resp_a', `end ${last}`]);
  });

  it('[BX-005] gives an answer that cannot be stored all the same, and says so', async () => {
    const { out, responder } = answering({ input: 'Hi' }, new AppError('backend_unavailable', 'Away.'));
    responder.head(200, { 'content-length': String(text.length) });
    responder.end(Buffer.from(text));
    await out.ended;
    const told = JSON.stringify({ ...response, store: false });
    expect(out.steps).toEqual([`head 200 ${told.length}`, `end ${told}`]);
  });

  it('stores no error', async () => {
    const { out, responder } = answering({ input: 'Hi' });
    responder.head(429, {});
    responder.end(Buffer.from(text));
    await out.ended;
    expect(out.steps).toEqual([`head 429 ${text.length}`, `end ${text}`]);
  });
});
