import { AppError } from '@ao/kernel';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected. */
const RETRYABLE_STATES = new Set(['40001', '40P01']);

/** Class 08 (connection exception), 53300 too_many_connections, 57P01..57P03 (shutdown, crash, starting up). */
const UNAVAILABLE_STATE = /^(08...|53300|57P0[123])$/;
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** pg reports these without any code. */
const UNAVAILABLE_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after)/;

/** The SQLSTATE or system error code of a thrown value, if it has one. */
export function databaseErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether running the same transaction again can succeed because it lost a race with another one. */
export function isRetryableConflict(error: unknown): boolean {
  return RETRYABLE_STATES.has(databaseErrorCode(error) ?? '');
}

/** To be thrown inside a transaction that finds out for itself that it lost a race: it is run again. */
export const lostRace = (what: string): Error => Object.assign(new Error(what), { code: '40001' });

/** Whether the server could not be reached or went away (as opposed to having refused the statement). */
export function isUnavailable(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? '';
  if (UNAVAILABLE_STATE.test(code) || UNAVAILABLE_SYSTEM_CODES.has(code)) return true;
  return error instanceof Error && UNAVAILABLE_MESSAGE.test(error.message);
}

/** The error as it is, unless the server is away: then `backend_unavailable`, which callers may retry. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError || !isUnavailable(error)) return error;
  return new AppError('backend_unavailable', 'The database is not reachable. Try again in a moment.', {
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

/** Whether a unique index refused a row, told by Prisma's client or by PostgreSQL itself. */
export const isUniqueViolation = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'P2002' || databaseErrorCode(error) === '23505';

/** Whether a row that another refers to is not there, told by Prisma's client or by PostgreSQL itself. */
export const isForeignKeyViolation = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'P2003' || databaseErrorCode(error) === '23503';
