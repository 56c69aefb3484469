/** How a provider wants to be shown the key. */
export type AuthScheme =
  | { readonly scheme: 'none' }
  /** The key is a JSON object of headers, as they are to be sent. */
  | { readonly scheme: 'headers' }
  /** `Authorization: Bearer …` */
  | { readonly scheme: 'bearer' }
  /** A header of its own that holds nothing but the key. */
  | { readonly scheme: 'header'; readonly name: string }
  /** Such a header, or `Authorization: Bearer …` when the key is a token of Entra: a JWT, or written as `Bearer …`. */
  | { readonly scheme: 'key-or-token'; readonly name: string }
  /** AWS signature version 4; a key that is no pair of access keys is sent as a bearer token. */
  | { readonly scheme: 'sigv4'; readonly service: string }
  /** OAuth tokens that the private key of a service account's JSON obtains; anything else is sent as a bearer token. */
  | { readonly scheme: 'google-service-account' };
