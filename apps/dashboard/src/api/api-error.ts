/** A refusal of the API, or a call that never got an answer of it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param status HTTP status; 0 when no answer came.
   * @param code The API's own code, or one of `network`, `timeout`, `unreadable_answer`.
   * @param requestId What to quote when asking an operator.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
