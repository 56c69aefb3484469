import type { z } from 'zod';

/** The services that may own a contract. */
export type Owner =
  'gateway' | 'identity' | 'governance' | 'wallet' | 'metering' | 'routing' | 'notification' | 'analytics' | 'agents';

/** A question asked of one service: subject `rpc.<owner>.<verb-noun>.v<N>`. */
export interface RpcContract<Request extends z.ZodType = z.ZodType, Response extends z.ZodType = z.ZodType> {
  readonly kind: 'rpc';
  readonly subject: string;
  readonly owner: Owner;
  readonly request: Request;
  readonly response: Response;
  /** After this long without an answer the caller gets `backend_unavailable`. */
  readonly deadlineMs: number;
  readonly example: { request: z.input<Request>; response: z.input<Response> };
}

/** A fact that must not be lost: subject `evt.<owner>.<noun>.<past-verb>.v<N>`; only its owner publishes it. */
export interface EventContract<Payload extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly subject: string;
  readonly owner: Owner;
  readonly payload: Payload;
  readonly example: z.input<Payload>;
}

/** A read model that its owner publishes whole and others keep in memory: `snap.<owner>.<name>`. */
export interface SnapshotContract<Value extends z.ZodType = z.ZodType> {
  readonly kind: 'snapshot';
  readonly name: string;
  readonly owner: Owner;
  readonly value: Value;
  readonly example: z.input<Value>;
}

/** What a handler sees: defaults filled in. */
export type RequestOf<C extends RpcContract> = z.output<C['request']>;
/** What a caller writes: fields with a default may be left out, money is a bigint. */
export type CallOf<C extends RpcContract> = Callable<z.input<C['request']>, z.output<C['request']>>;
type Callable<Input, Output> = {
  [K in keyof Input & keyof Output as undefined extends Input[K] ? K : never]?: Output[K];
} & { [K in keyof Input & keyof Output as undefined extends Input[K] ? never : K]: Output[K] };
export type ResponseOf<C extends RpcContract> = z.output<C['response']>;
export type PayloadOf<C extends EventContract> = z.output<C['payload']>;
export type ValueOf<C extends SnapshotContract> = z.output<C['value']>;

/*
 * A default is written `.optional().default(x)`: encoding runs a schema backwards, where a bare default refuses a field
 * that the caller left to it.
 */

const DEFAULT_DEADLINE_MS = 2_000;

export function defineRpc<Request extends z.ZodType, Response extends z.ZodType>(
  contract: Omit<RpcContract<Request, Response>, 'kind' | 'deadlineMs'> & { deadlineMs?: number },
): RpcContract<Request, Response> {
  return { kind: 'rpc', deadlineMs: DEFAULT_DEADLINE_MS, ...contract };
}

export function defineEvent<Payload extends z.ZodType>(
  contract: Omit<EventContract<Payload>, 'kind'>,
): EventContract<Payload> {
  return { kind: 'event', ...contract };
}

export function defineSnapshot<Value extends z.ZodType>(
  contract: Omit<SnapshotContract<Value>, 'kind'>,
): SnapshotContract<Value> {
  return { kind: 'snapshot', ...contract };
}
