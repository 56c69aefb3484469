import type { Deployment, RoutingDecision } from '@ao/contracts';
import type { Provider } from '@ao/router';

/** Where a call goes, and why. */
export interface Route {
  provider: Provider;
  /** The provider's own name for the model. */
  model: string;
  deploymentId: string | null;
  /** Of a deployment: what it has of its own. */
  deployment: Deployment | null;
  modelGroup: string | null;
  /** Direct OpenAI: request, answer and errors pass unchanged. */
  direct: boolean;
  /** Paid with the caller's own provider key. */
  ownKey: boolean;
  decision: RoutingDecision;
}
