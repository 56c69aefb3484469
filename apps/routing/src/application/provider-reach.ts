import type { RoutedProvider } from '@ao/contracts';
import type { Provider } from '../domain/provider.js';

/**
 * Where the connections of a provider may lead: what the operator configured anywhere, what came over the API to private
 * networks only where the operator allows it. Its host is looked up for each connection, not only when it is stored.
 */
export function reachOf({ source }: Provider, allowPrivate: boolean): NonNullable<RoutedProvider['reach']> {
  if (source !== 'api') return 'any';
  return allowPrivate ? 'private' : 'public';
}
