import type { KeylessLimits } from './application/authenticate.js';
import type { PlanOptions } from './application/calls/plan-call.js';
import type { GatewayConfig } from './config.js';

/** Settings say 0 for no limit. */
export const unlimited = (value: number): number | null => (value === 0 ? null : value);

/** Of callers without a key, as the environment has it. */
export const keylessLimits = (config: GatewayConfig): KeylessLimits => ({
  requestsPerMinutePerAddressMax: unlimited(config.KEYLESS_REQUESTS_PER_MINUTE_PER_ADDRESS),
  requestsPerMinutePerSessionMax: unlimited(config.KEYLESS_REQUESTS_PER_MINUTE_PER_SESSION),
  concurrencyMax: unlimited(config.KEYLESS_CONCURRENCY_MAX),
});

/** How calls are read, as the environment has it. */
export function planOptions(config: GatewayConfig): PlanOptions {
  return {
    limits: {
      modelLengthMax: config.MODEL_LENGTH_MAX,
      messagesMax: unlimited(config.MESSAGES_MAX),
      contentCharactersMax: unlimited(config.CONTENT_CHARACTERS_MAX),
      inputsMax: 2_048,
    },
    dropParams: config.DROP_PARAMS,
    random: Math.random,
    direct: {
      enabled: config.OPENAI_PASSTHROUGH_ENABLED,
      provider: {
        id: 'direct-openai',
        name: 'openai',
        kind: 'openai',
        vendor: 'openai',
        baseUrl: config.OPENAI_BASE_URL,
        apiKey: config.OPENAI_API_KEY ?? null,
        organisation: config.OPENAI_ORGANIZATION ?? null,
        timeouts: { connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 },
        connectionsMax: 256,
        region: null,
      },
    },
  };
}
