import { checkedHeader } from '../header-value.js';
import type { Authenticator } from './authenticator.js';

/** A key that is sent as it is. */
export class KeyHeader implements Authenticator {
  private readonly headers: readonly string[];

  /** Throws `invalid_header_value` for a key that cannot be a header. */
  constructor(name: string, key: string, prefix = '') {
    this.headers = [name, prefix + checkedHeader('api key', key)];
  }

  headersFor(): readonly string[] {
    return this.headers;
  }
}

/** For servers that ask for no key. */
export const NO_KEY: Authenticator = { headersFor: () => [] };
