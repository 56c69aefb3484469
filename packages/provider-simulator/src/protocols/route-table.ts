import { decodeSegment } from './json-operation.js';
import type { Call, DecodedCall, Operation, Protocol, RefusedCall } from './protocol.js';

/** @param id what stands in the path in the place of `{id}`, decoded; empty when the path has none. */
type RoutedOperation = (call: Call, id: string) => DecodedCall | RefusedCall;

/** A method, a path with at most one `{id}`, and what it does. */
export type Route = readonly [method: string, path: string, operation: RoutedOperation];

interface Pattern {
  readonly pattern: RegExp;
  readonly operations: ReadonlyMap<string, RoutedOperation>;
}

function toPattern(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace('{id}', '([^/]+)')}$`);
}

/** Makes the `route` of a protocol. A path is looked for in the order of the table. */
export function routesOf(routes: readonly Route[]): Protocol['route'] {
  const patterns: Pattern[] = [...new Set(routes.map(([, path]) => path))].map((wanted) => ({
    pattern: toPattern(wanted),
    operations: new Map(
      routes.filter(([, path]) => path === wanted).map(([method, , operation]) => [method, operation]),
    ),
  }));
  return (method, path): Operation | 'wrong_method' | undefined => {
    for (const { pattern, operations } of patterns) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const operation = operations.get(method);
      return operation === undefined ? 'wrong_method' : (call) => operation(call, decodeSegment(match[1] ?? ''));
    }
    return undefined;
  };
}
