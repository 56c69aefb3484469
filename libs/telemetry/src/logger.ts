import type { Logger } from '@ao/kernel';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { pretty } from './pretty.js';
import { redactSecrets } from './redact.js';

export interface LoggerOptions {
  service: string;
  level: string;
  format: 'json' | 'pretty';
  /** Standard output unless a test captures. */
  destination?: DestinationStream;
}

/** Without it a quiet service would keep its last lines to itself, and a kill would lose them. */
const FLUSH_EVERY_MS = 100;

/** A structured logger: one JSON object a line, with service and time. */
export function createLogger({ service, level, format, destination }: LoggerOptions): Logger & PinoLogger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactSecrets },
      serializers: { err: serializeError },
    },
    destination ?? (format === 'pretty' ? pretty() : standardOutput()),
  );
}

let output: DestinationStream | undefined;

/** One for all services of a process, so that their lines keep their order; written in batches, none held back for long. */
function standardOutput(): DestinationStream {
  output ??= pino.destination({ fd: 1, sync: false, minLength: 4_096, periodicFlush: FLUSH_EVERY_MS });
  return output;
}

/** Errors with what only the log may know; a bounded stack. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, internal } = error as Error & { code?: unknown; internal?: unknown };
  const cause = error.cause instanceof Error ? { cause: serializeError(error.cause) } : {};
  return {
    type: error.name,
    message: error.message,
    code,
    internal,
    stack: error.stack?.split('\n').slice(0, 12).join('\n'),
    ...cause,
  };
}
