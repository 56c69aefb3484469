export { reachOfAddress, type Reach } from './address-reach.js';
export { guardedAgent, guardedConnector, guardedLookup, type GuardedAgentOptions } from './guarded-agent.js';
export {
  OutboundGuard,
  OutboundRefusedError,
  type OutboundPolicy,
  type OutboundVerdict,
  type Resolve,
  type ResolvedAddress,
} from './outbound-guard.js';
