import { AppError } from '@ao/kernel';
import { reachOfAddress, reachOfHost, strictest } from './address-reach.js';
import type { AddressResolver } from './ports.js';

/** Keeps the platform from being sent into its own network by the base URL of a provider. */
export class BaseUrlGuard {
  constructor(
    private readonly resolver: AddressResolver,
    private readonly privateAllowed: boolean,
  ) {}

  /**
   * A base URL as it is stored: without a slash at its end.
   * @throws AppError `invalid_parameter` for a URL that is no plain http or https address, or leads where it must not.
   */
  async check(text: string): Promise<string> {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw refusal('The base URL must start with http:// or https://.');
    }
    if (url.username || url.password || url.search || url.hash) {
      throw refusal('The base URL must have no user, password, query or fragment. Give the key as api_key.');
    }
    const reach =
      reachOfHost(url.hostname) ?? strictest((await this.resolver.resolve(url.hostname)).map(reachOfAddress));
    if (reach === 'forbidden') {
      throw refusal('The base URL leads to a link-local, metadata or reserved address, which is never called.');
    }
    if (reach === 'private' && !this.privateAllowed) {
      throw refusal(
        'The base URL leads into a private network. The operator can allow that with AO_ALLOW_PRIVATE_PROVIDER_URLS=true, ' +
          'or add the provider to AO_CONFIG.',
      );
    }
    return url.href.replace(/\/+$/, '');
  }
}

const refusal = (message: string): AppError => new AppError('invalid_parameter', message, { param: 'base_url' });
