import { AppError, type Clock } from '@ao/kernel';
import type {
  ConnectionTest,
  Connector,
  ConnectorParts,
  ListedModel,
  ProviderHealth,
  UpstreamRequest,
  UpstreamResponse,
} from '../connector.js';
import { failureReason, RefusedStatus } from '../failure-reason.js';
import type { ProviderTarget, UpstreamTimeouts } from '../provider-target.js';
import { parseBaseUrl } from '../transport/base-url.js';
import type { UpstreamPool } from '../transport/upstream-pool.js';
import { CAPABILITIES } from './capabilities.js';
import { MODELS_BYTES_MAX, readModels } from './list-models.js';
import { RequestHeaders } from './request-headers.js';

/** A check that takes longer is as good as a failed one. */
const CHECK_MS_MAX = 10_000;

/** OpenAI (PR-002), and whatever speaks its protocol at another base URL, vLLM for one (PR-012); the key is optional. */
export class OpenAiConnector implements Connector {
  readonly target: ProviderTarget;
  readonly capabilities = CAPABILITIES;
  private readonly pool: UpstreamPool;
  private readonly clock: Clock;
  private readonly headers: RequestHeaders;
  private readonly path: string;
  private readonly checkTimeouts: UpstreamTimeouts;

  /** Throws `invalid_parameter` on a bad base URL. */
  constructor({ target, pool, clock }: ConnectorParts) {
    this.target = target;
    this.pool = pool;
    this.clock = clock;
    this.headers = new RequestHeaders(target);
    this.path = `${parseBaseUrl(target.baseUrl).path}/`;
    const { connectMs, firstByteMs, idleMs, totalMs } = target.timeouts;
    this.checkTimeouts = {
      connectMs,
      idleMs,
      firstByteMs: Math.min(firstByteMs, CHECK_MS_MAX),
      totalMs: Math.min(totalMs, CHECK_MS_MAX),
    };
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    if (!CAPABILITIES.endpoints.has(request.endpoint)) {
      throw new AppError('unsupported_parameter', 'The provider of this model does not offer this endpoint.');
    }
    return this.pool.send({
      method: 'POST',
      path: this.path + request.endpoint,
      headers: this.headers.forRequest(request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.concat(request.body),
      timeouts: this.target.timeouts,
      signal: request.signal,
    });
  }

  async listModels(signal?: AbortSignal): Promise<readonly ListedModel[]> {
    const response = await this.pool.send({
      method: 'GET',
      path: `${this.path}models`,
      headers: this.headers.forQuery(),
      body: null,
      timeouts: this.checkTimeouts,
      signal,
    });
    const body = await response.body.collect(MODELS_BYTES_MAX);
    if (response.status !== 200) throw new RefusedStatus(response.status);
    return readModels(body);
  }

  async health(signal?: AbortSignal): Promise<ProviderHealth> {
    const { ok, reason, latencyMs } = await this.testConnection(signal);
    return { healthy: ok, reason, latencyMs };
  }

  async testConnection(signal?: AbortSignal): Promise<ConnectionTest> {
    const startedAtMs = this.clock.monotonicMs();
    const result = await this.listModels(signal).then(
      (models) => ({ ok: true, reason: null, models }),
      (error: unknown) => ({ ok: false, reason: failureReason(error), models: [] }),
    );
    return { ...result, latencyMs: this.clock.monotonicMs() - startedAtMs };
  }
}
