import { AppError, withDeadline } from '@ao/kernel';
import { OutboundRefusedError, type OutboundGuard } from '@ao/outbound';

const RESOLVE_DEADLINE_MS = 1_000;

/** Keeps the platform from being sent into its own network by the base URL of a provider. */
export class BaseUrlGuard {
  constructor(private readonly outbound: OutboundGuard) {}

  /**
   * A base URL as it is stored: without a slash at its end.
   * @throws AppError `invalid_parameter` for a URL that is no plain http or https address, or leads where it must not.
   */
  async check(text: string): Promise<string> {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw refusal('The base URL must start with http:// or https://.');
    }
    const hasQuery = url.search !== '' && !/^\?api-version=[A-Za-z0-9.-]{1,64}$/.test(url.search);
    if (url.username || url.password || hasQuery || url.hash) {
      throw refusal(
        'The base URL must have no user, password or fragment, and no query but ?api-version=. Give the key as api_key.',
      );
    }
    await this.checkHost(url.hostname);
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}`;
  }

  private async checkHost(hostname: string): Promise<void> {
    try {
      const late = (): Error => new Error(`DNS did not answer within ${RESOLVE_DEADLINE_MS} ms`);
      await withDeadline(this.outbound.addressesOf(hostname), RESOLVE_DEADLINE_MS, late);
    } catch (error) {
      // A name that cannot be resolved now is no danger now, and may well be set up later.
      if (!(error instanceof OutboundRefusedError)) return;
      throw refusal(
        `${error.message} Only the operator can name such an address, in AO_CONFIG; private networks can be allowed with ` +
          'AO_ALLOW_PRIVATE_PROVIDER_URLS=true.',
      );
    }
  }
}

const refusal = (message: string): AppError => new AppError('invalid_parameter', message, { param: 'base_url' });
