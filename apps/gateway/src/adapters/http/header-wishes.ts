import { AppError } from '@ao/kernel';
import type { FastifyRequest } from 'fastify';
import type { InboundCall } from '../../application/calls/call.js';
import { header } from './request-context.js';

const NUMBER_LENGTH_MAX = 16;
const DECIMAL = /^\d+(\.\d+)?$/;
const RETRIES_MAX = 10;
const SECONDS_MAX = 7_200;

/**
 * What LiteLLM's clients ask for in headers: seconds, and how often to try again.
 * @throws AppError `invalid_header_value`.
 */
export function readHeaderWishes(request: FastifyRequest): Pick<InboundCall, 'wishes'> {
  const retriesMax = numberIn(request, 'x-litellm-num-retries', { min: 0, max: RETRIES_MAX, whole: true });
  const timeoutMs = millisecondsIn(request, 'x-litellm-timeout');
  const streamTimeoutMs = millisecondsIn(request, 'x-litellm-stream-timeout');
  const asked = Object.entries({ retriesMax, timeoutMs, streamTimeoutMs }).filter(([, value]) => value !== undefined);
  return asked.length === 0 ? {} : { wishes: Object.fromEntries(asked) };
}

function millisecondsIn(request: FastifyRequest, name: string): number | undefined {
  const seconds = numberIn(request, name, { min: 0.001, max: SECONDS_MAX, whole: false });
  return seconds === undefined ? undefined : Math.round(seconds * 1_000);
}

function numberIn(
  request: FastifyRequest,
  name: string,
  { min, max, whole }: { min: number; max: number; whole: boolean },
): number | undefined {
  const text = header(request, name, NUMBER_LENGTH_MAX);
  if (text === undefined) return undefined;
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'whole number' : 'number of seconds';
  throw new AppError('invalid_header_value', `The header ${name} must be a ${kind} from ${min} to ${max}.`, {
    param: name,
  });
}
