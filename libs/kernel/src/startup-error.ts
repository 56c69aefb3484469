/** The start cannot go on. The message is one line for the operator that says what to do; no stack trace is shown. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
