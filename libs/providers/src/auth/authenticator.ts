/** What a signature covers. */
export interface SignableRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly contentType: string | null;
  readonly body: Buffer | null;
  readonly signal?: AbortSignal | undefined;
}

/** Shows a provider who we are. */
export interface Authenticator {
  /** Names and values in turn, to be added to a request; at once where nothing has to be fetched. */
  headersFor(request: SignableRequest): readonly string[] | Promise<readonly string[]>;
}
