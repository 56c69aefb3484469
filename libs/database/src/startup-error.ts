/** The program cannot start until an operator changes something; the message says what. Printed as one line, no stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
