import type { ErrorCode } from '@ao/kernel';
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ModelAnswer, ModelQuestion, Models } from '../../application/ports.js';

export interface OpenAiModelsOptions {
  /** Base URL of the gateway, without `/v1`. */
  gatewayUrl: string;
  /** For a whole question, retries included. */
  timeoutMs: number;
  retriesMax: number;
}

/** The platform's own refusals that mean: nobody is there at the moment. */
const AWAY_CODES: ReadonlySet<string> = new Set(['server_shutting_down', 'backend_unavailable'] satisfies ErrorCode[]);

/** Asks models through the gateway, as any client would: with the official SDK and the key of the task's owner. */
export class OpenAiModels implements Models {
  constructor(private readonly options: OpenAiModelsOptions) {}

  async ask(question: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer> {
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const answer = await this.client(question).chat.completions.create(
        { model: question.model, messages: [{ role: 'user', content: question.query }] },
        { signal: AbortSignal.any([signal, deadline]) },
      );
      return readAnswer(answer);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) return tooLate(this.options.timeoutMs);
      return readError(error);
    }
  }

  /** Every option that the SDK would otherwise read from the environment is set: those are for other programs. */
  private client({ taskId, apiKey }: ModelQuestion): OpenAI {
    const { gatewayUrl, timeoutMs, retriesMax } = this.options;
    return new OpenAI({
      baseURL: `${gatewayUrl.replace(/\/+$/, '')}/v1`,
      apiKey: apiKey ?? 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      timeout: timeoutMs,
      maxRetries: retriesMax,
      logLevel: 'off',
      // One id for all attempts and runs of a task: the request log shows what it cost.
      defaultHeaders: { 'X-Request-ID': taskId, ...(apiKey === null && { Authorization: null }) },
    });
  }
}

/** The SDK checks no shape: what it calls a completion is whatever JSON arrived. */
function readAnswer(answer: Partial<OpenAI.ChatCompletion> | null): ModelAnswer {
  const message = answer?.choices?.[0]?.message;
  if (typeof message?.content === 'string' && message.content !== '')
    return { kind: 'answered', text: message.content };
  if (typeof message?.refusal === 'string') return refused(`The model refused: ${message.refusal}`);
  return refused('The model gave an answer without text.');
}

function readError(error: unknown): ModelAnswer {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError)
    return refused('The model gave no answer in time.');
  if (error instanceof APIError && error.status !== undefined) return readStatus(error);
  if (error instanceof APIConnectionError || isBrokenBody(error)) {
    return { kind: 'away', error: 'The gateway could not be reached, or broke the connection (AO_GATEWAY_URL).' };
  }
  if ((error as Error).name === 'SyntaxError') return refused('The gateway gave an answer that cannot be read.');
  throw error;
}

/** A connection that ends within the body: the SDK passes on fetch's own TypeError, whose cause is the socket's. */
function isBrokenBody(error: unknown): boolean {
  const { name, cause } = error as Partial<Error>;
  return name === 'TypeError' && cause !== undefined;
}

function readStatus({ status, code, error }: APIError): ModelAnswer {
  const { message } = (error ?? {}) as { message?: unknown };
  const reason = typeof message === 'string' ? message : 'no reason was given.';
  const text = `The model call failed (${status}${code ? ` ${code}` : ''}): ${reason}`;
  return AWAY_CODES.has(code ?? '') ? { kind: 'away', error: text } : refused(text);
}

const tooLate = (timeoutMs: number): ModelAnswer =>
  refused(`The model gave no answer within ${timeoutMs / 1_000} s (AGENTS_RUN_TIMEOUT_MS).`);
const refused = (error: string): ModelAnswer => ({ kind: 'refused', error });
