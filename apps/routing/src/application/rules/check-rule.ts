import type { RuleAction } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Rule } from './rule.js';
import { checkConditions } from './check-conditions.js';
import type { RoutingTargets } from './routing-targets.js';

/** @throws AppError `invalid_parameter` where a rule cannot be meant so or names what is not there. */
export async function checkRule({ orgId, conditions, action }: Rule, targets: RoutingTargets): Promise<void> {
  checkConditions(conditions);
  if (action.type === 'block') return;
  checkShape(action);
  const { model, provider, weights } = action;
  if (model !== undefined) await targets.checkModels(orgId, [model], 'action.model');
  if (provider !== undefined) await targets.checkProvider(orgId, provider, 'action.provider');
  if (weights !== undefined) await targets.checkDeployments(orgId, Object.keys(weights), 'action.weights');
}

const DEPLOYMENTS_MAX = 200;

function checkShape({ model, provider, weights }: Extract<RuleAction, { type: 'route' }>): void {
  if (model === undefined && provider === undefined && weights === undefined) {
    throw new AppError('invalid_parameter', 'A rule that routes names a model, a provider or weights.', {
      param: 'action',
    });
  }
  if (weights === undefined) return;
  const shares = Object.values(weights);
  if (shares.length <= DEPLOYMENTS_MAX && shares.some((share) => share > 0)) return;
  const message = `Weights name 1 to ${DEPLOYMENTS_MAX} deployments, at least one with more than 0.`;
  throw new AppError('invalid_parameter', message, { param: 'action.weights' });
}
