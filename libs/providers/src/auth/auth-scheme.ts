/** How a provider wants to be shown the key. */
export type AuthScheme =
  | { readonly scheme: 'none' }
  /** `Authorization: Bearer …` */
  | { readonly scheme: 'bearer' }
  /** A header of its own that holds nothing but the key. */
  | { readonly scheme: 'header'; readonly name: string };
