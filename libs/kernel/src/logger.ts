/** What our code may ask of a logger; pino satisfies it. Fields first, so that messages stay constant and searchable. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** For tests and for tools that print on their own. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
