import { formatUsd } from '@ao/kernel';
import type { ModelState } from '../model-state.js';
import type { InboundCall } from './call.js';
import { planCall, type PlanOptions } from './plan-call.js';

/** What a call would do and reserve (GW-025): no provider, no ledger. The body of the answer. */
export function dryRun(call: InboundCall, state: ModelState, options: PlanOptions): object {
  const { request, route, price, promptTokensBound } = planCall(call, state, options);
  return {
    object: 'dry_run',
    model: request.model,
    estimate: {
      prompt_tokens: request.countPrompt(route.model),
      prompt_tokens_bound: promptTokensBound,
      max_output_tokens: price.maxOutputTokens,
      cost_usd_max: formatUsd(price.costMax(price.output.max)),
      /** Exactly what the real call would reserve: less than the most for a stream that sets no limit. */
      reserved_output_tokens: price.output.first,
      reserved_usd: formatUsd(price.costMax(price.output.first)),
    },
    route: {
      provider: route.provider.name,
      model: route.model,
      deployment_id: route.deploymentId,
      direct: route.direct,
      strategy: route.decision.strategy,
    },
    policy: { verdict: 'allowed' },
    cache: { verdict: 'none' },
  };
}
