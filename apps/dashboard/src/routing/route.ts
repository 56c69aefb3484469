export const PAGES = ['overview', 'requests', 'keys', 'wallets', 'transfers', 'models', 'connect'] as const;
export type PageName = (typeof PAGES)[number];

/** Where the reader is: the part of the address behind `#`, so that the server has to know one page only. */
export interface Route {
  page: PageName;
  /** Of one thing on the page, such as a request. */
  id: string | null;
  query: Readonly<Record<string, string>>;
}

/** `#/requests/req_1?status=4xx` → page, id and query. An address that means nothing leads to the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', id = ''] = path.split('/');
  const page = PAGES.find((each) => each === name) ?? 'overview';
  return { page, id: decode(id) || null, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The other way; what is empty in the query is left out. */
export function toHref({ page, id, query = {} }: Partial<Route> & { page: PageName }): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  return `#/${page}${id ? `/${encodeURIComponent(id)}` : ''}${search}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
