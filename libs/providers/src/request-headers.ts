import type { UpstreamRequest } from './connector.js';
import { checkedHeader } from './header-value.js';
import type { ProviderProfile } from './profile.js';

/** Makes the headers of upstream requests, those that show the key apart; what is the same for all is made once. */
export class RequestHeaders {
  private readonly common: readonly string[];
  private readonly streamType: string;
  private readonly passedOn: ReadonlySet<string>;
  private readonly defaults: readonly (readonly [name: string, value: string])[];
  private readonly organisation: readonly string[];

  constructor(profile: ProviderProfile, organisation: string | null) {
    this.common = ['user-agent', 'ai-orchestrator', 'accept-encoding', 'identity'];
    this.streamType = profile.streamType ?? 'text/event-stream';
    this.passedOn = new Set(profile.passedOn);
    this.defaults = Object.entries(profile.defaultHeaders ?? {});
    const name = profile.organisationHeader;
    this.organisation = name && organisation !== null ? [name, checkedHeader('organisation', organisation)] : [];
  }

  /** Names and values in turn. Throws `invalid_header_value` when one cannot be a header. */
  forRequest({ stream, requestId, apiKey, headers, contentType, accept }: UpstreamRequest): string[] {
    const all = [
      ...this.common,
      'content-type',
      contentType === undefined ? 'application/json' : checkedHeader('content-type', contentType),
      'accept',
      accept === undefined ? this.acceptFor(stream) : checkedHeader('accept', accept),
      'x-request-id',
      requestId,
    ];
    if (apiKey === undefined) all.push(...this.organisation);
    this.addGiven(all, headers, this.passedOn);
    return all;
  }

  /** For a native request: those of the caller that are on the list. */
  forForward(
    {
      requestId,
      apiKey,
      headers,
      contentType,
    }: Pick<UpstreamRequest, 'requestId' | 'apiKey' | 'headers'> & {
      contentType: string | null;
    },
    allowed: { has(name: string): boolean },
  ): string[] {
    const all = [...this.common, 'x-request-id', requestId];
    if (contentType !== null) all.push('content-type', checkedHeader('content-type', contentType));
    if (apiKey === undefined) all.push(...this.organisation);
    this.addGiven(all, headers, allowed);
    return all;
  }

  /** For requests of our own without a body. */
  forQuery(): string[] {
    const all = [...this.common, 'accept', 'application/json', ...this.organisation];
    this.addGiven(all, undefined, this.passedOn);
    return all;
  }

  private acceptFor(stream: boolean): string {
    return stream ? this.streamType : 'application/json';
  }

  private addGiven(all: string[], headers: UpstreamRequest['headers'], allowed: { has(name: string): boolean }): void {
    for (const name in headers) {
      if (allowed.has(name)) all.push(name, checkedHeader(name, headers[name]!));
    }
    for (const [name, value] of this.defaults) {
      if (headers?.[name] === undefined) all.push(name, value);
    }
  }
}
