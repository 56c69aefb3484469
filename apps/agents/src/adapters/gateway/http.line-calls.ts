import type { CallResult, LineCall, LineCalls } from '../../application/batches/ports.js';

export interface HttpLineCallsOptions {
  /** Base URL of the gateway, without `/v1`. */
  gatewayUrl: string;
  timeoutMs: number;
}

/** The gateway holds no larger answer either. */
const ANSWER_BYTES_MAX = 33_554_432;

/** Makes the calls of lines as any client would, with the key of the batch's owner and one idempotency key for each line. */
export class HttpLineCalls implements LineCalls {
  private readonly baseUrl: string;

  constructor(private readonly options: HttpLineCallsOptions) {
    this.baseUrl = options.gatewayUrl.replace(/\/+$/, '');
  }

  async send(call: LineCall, signal: AbortSignal): Promise<CallResult> {
    try {
      return await this.post(call, call.body, signal);
    } catch {
      signal.throwIfAborted();
      return { kind: 'unreached' };
    }
  }

  /**
   * Asks with another body under the same key: as long as the gateway remembers the key it refuses that as a conflict; and
   * a call without a model is refused, and forgotten, before it can cost anything.
   */
  async isRemembered(call: LineCall, signal: AbortSignal): Promise<boolean | 'unknown'> {
    const result = await this.send({ ...call, body: '{}' }, signal);
    if (result.kind === 'unreached') return 'unknown';
    const { status } = result.answer;
    if (status === 409) return true;
    return status === 429 || status >= 500 ? 'unknown' : false;
  }

  private async post(
    { lineId, batchId, endpoint, apiKey }: LineCall,
    body: string,
    signal: AbortSignal,
  ): Promise<CallResult> {
    const response = await fetch(`${this.baseUrl}${endpoint}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        // One id for all calls of a line: the request log shows what it cost.
        'x-request-id': lineId,
        'idempotency-key': lineId,
        'x-ao-tags': batchId,
        ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.options.timeoutMs)]),
    });
    const answer = parse(await readText(response));
    const { headers, status } = response;
    return {
      kind: 'answered',
      requestId: headers.get('x-ao-request-id') ?? lineId,
      body: answer,
      answer: {
        status,
        errorCode: codeOf(answer),
        replayed: headers.get('x-ao-idempotent-replay') === 'true',
        retryAfterMs: retryAfterMsOf(headers),
      },
    };
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer has more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What is no JSON is kept as text: whoever reads the line sees what came. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function codeOf(body: unknown): string | null {
  const { code } = (body as { error?: { code?: unknown } | null } | null)?.error ?? {};
  return typeof code === 'string' ? code : null;
}

function retryAfterMsOf(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
