import type { Provider, Upstream, UpstreamAnswer, UpstreamCall } from '@ao/gateway/simulation';
import { AppError } from '@ao/kernel';
import type { Life } from '../engine/life.js';
import type { ProviderPlan } from '../plan/plan.js';

const CHUNKS = 3;

/** A provider that does with each call what the plan says. */
export class SimulatedProvider implements Upstream {
  constructor(
    private readonly life: Life,
    private readonly planOf: (correlationId: string) => ProviderPlan,
    private readonly witness: { sent(correlationId: string): void },
  ) {}

  async send(_provider: Provider, { correlationId, signal }: UpstreamCall): Promise<UpstreamAnswer> {
    this.witness.sent(correlationId);
    const plan = this.planOf(correlationId);
    await this.wait(plan.latencyMs, signal);
    if (plan.kind !== 'answers') {
      if (plan.kind === 'breaks') throw new AppError('upstream_error', 'The connection broke.');
      return answer(429, '{"error":{"message":"slow down"}}');
    }
    const { promptTokens, completionTokens } = plan;
    const usage = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
    if (!plan.streamed) {
      const choices = [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }];
      return answer(200, JSON.stringify({ choices, usage }));
    }
    return { ...answer(200, ''), body: this.stream(plan.latencyMs, usage, signal) };
  }

  private async *stream(takesMs: number, usage: object, signal: AbortSignal): AsyncGenerator<Buffer> {
    const frame = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
    for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
      await this.wait(Math.ceil(takesMs / CHUNKS), signal);
      yield frame({ choices: [{ index: 0, delta: { content: 'yes ' } }] });
    }
    yield frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    yield frame({ choices: [], usage });
    yield Buffer.from('data: [DONE]\n\n');
  }

  /** @throws the signal's reason as soon as the caller leaves. */
  private async wait(durationMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.life.after(durationMs, 'hears from the provider', resolve);
    });
  }
}

const answer = (status: number, body: string): UpstreamAnswer => ({
  status,
  headers: {},
  body: (async function* () {
    yield Buffer.from(body);
  })(),
  readAll: () => Promise.resolve(Buffer.from(body)),
});
