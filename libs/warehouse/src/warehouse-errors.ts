import { AppError } from '@ao/kernel';

/** https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp: TIMEOUT_EXCEEDED. */
const TIMEOUT_EXCEEDED = '159';

export function warehouseTimeout(deadlineMs: number): AppError {
  return new AppError('timeout', `The analytics database did not answer within ${deadlineMs} ms. Narrow the query.`);
}

/**
 * What a call may throw, see `Warehouse`. ClickHouse's own errors are known by their shape: the client and the embedded
 * connection each bring a class of that name.
 */
export function translateWarehouseError(error: unknown, deadlineMs: number): unknown {
  if (error instanceof AppError || error instanceof RangeError) return error;
  const { name, code, type } = error as { name?: string; code?: string; type?: string };
  if (code === TIMEOUT_EXCEEDED || name === 'AbortError' || name === 'TimeoutError')
    return warehouseTimeout(deadlineMs);
  if (typeof code === 'string' && typeof type === 'string') return error;
  return new AppError('backend_unavailable', 'The analytics database is not reachable. Try again in a moment.', {
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}
