import type { Logger } from '@ao/kernel';
import { z } from 'zod';
import type { ProbeResult, ProviderEndpoint, ProviderProbe } from '../../application/ports.js';

const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** https://platform.openai.com/docs/api-reference/models/list */
const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Asks for the list of models in OpenAI's protocol. */
export class ModelListProbe implements ProviderProbe {
  constructor(private readonly logger: Logger) {}

  async listModels(endpoint: ProviderEndpoint, deadlineMs: number): Promise<ProbeResult> {
    try {
      const response = await fetch(`${endpoint.baseUrl}/models`, {
        headers: headersOf(endpoint),
        // A redirect could lead where the base URL itself may not, and would take the key along.
        redirect: 'manual',
        signal: AbortSignal.timeout(deadlineMs),
      });
      if (!response.ok) {
        await response.body?.cancel();
        return { ok: false, reason: reasonOf(response.status) };
      }
      const list = modelList.safeParse(await readJson(response));
      if (list.success) return { ok: true, models: list.data.data.map(({ id }) => id) };
      return { ok: false, reason: 'the answer is no list of models; is the base URL complete, with its /v1?' };
    } catch (error) {
      this.logger.info({ err: error }, 'a provider could not be reached');
      return { ok: false, reason: failureOf(error, deadlineMs) };
    }
  }
}

function headersOf({ apiKey, organisation }: ProviderEndpoint): Record<string, string> {
  return {
    accept: 'application/json',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(organisation === null ? {} : { 'openai-organization': organisation }),
  };
}

function reasonOf(status: number): string {
  if (status === 401 || status === 403) return `the provider refused the key (${status})`;
  if (status === 404) return 'there is no model list at this base URL (404)';
  if (status === 429) return 'the provider limits the rate or the quota of this key (429)';
  if (status >= 300 && status < 400) return `the base URL redirects elsewhere (${status}); give the final one`;
  return `the provider answered ${status}`;
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown, deadlineMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  return `the provider cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`;
}
