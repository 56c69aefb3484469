import { AppError } from '@ao/kernel';
import type { CreateConnector } from './connector.js';
import { OpenAiConnector } from './openai/connector.js';

/** Every kind of provider: one line each. */
const CONNECTORS: ReadonlyMap<string, CreateConnector> = new Map<string, CreateConnector>([
  ['openai', (parts) => new OpenAiConnector(parts)],
  ['vllm', (parts) => new OpenAiConnector(parts)],
]);

/** All kinds that a provider can be configured as. */
export const PROVIDER_KINDS: readonly string[] = [...CONNECTORS.keys()];

/** Throws `invalid_parameter` for a kind that nobody has registered. */
export function connectorFor(kind: string): CreateConnector {
  const create = CONNECTORS.get(kind);
  if (create !== undefined) return create;
  throw new AppError(
    'invalid_parameter',
    `There is no provider kind '${kind}'. Use one of: ${PROVIDER_KINDS.join(', ')}.`,
    {
      param: 'kind',
    },
  );
}
