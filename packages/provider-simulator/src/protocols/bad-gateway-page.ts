import type { WholeReply } from './protocol.js';

const PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** Proxies in front of a provider answer in HTML: clients must survive an error that is not JSON. */
export function badGatewayPage(): WholeReply {
  return { kind: 'whole', status: 502, contentType: 'text/html', body: PAGE };
}
