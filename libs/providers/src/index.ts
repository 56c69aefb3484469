export type * from './connector.js';
export {
  CONVERSATION_ENDPOINTS,
  type Capabilities,
  type Continuation,
  type ConversationProtocol,
  type EmbeddingsProtocol,
  type Endpoint,
} from './endpoints.js';
export { ProviderConnectors, type UnusableProvider } from './provider-connectors.js';
export type { ProviderTarget, UpstreamTimeouts } from './provider-target.js';
export { capabilitiesOf, connectorFor, protocolsFor, PROVIDER_KINDS } from './registry.js';
export { ProviderPools } from './transport/provider-pools.js';
export { BODY_BYTES_MAX, type BodySink, type UpstreamBody } from './transport/upstream-body.js';
export { UpstreamFailure, type FailureKind } from './transport/upstream-failure.js';
export type { PoolStats } from './transport/upstream-pool.js';
