import { parseUsd } from '@ao/kernel';

const DEADLINE_MS = 30_000;

/** The platform's admin API, as far as the benchmark needs it. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** A wallet with a limit that no run reaches, so that every call must be reserved, and a key that pays from it. */
  async createPayer(limitUsd: string): Promise<{ walletId: string; key: string }> {
    const wallet = await this.ask<{ id: string }>('POST', '/v1/wallets', {
      name: 'bench',
      limit_usd: limitUsd,
      period: 'none',
    });
    const { key } = await this.ask<{ key: string }>('POST', '/v1/keys', { name: 'bench', wallet_id: wallet.id });
    return { walletId: wallet.id, key };
  }

  async listModels(): Promise<string[]> {
    const { data } = await this.ask<{ data: { id: string }[] }>('GET', '/v1/models');
    return data.map(({ id }) => id);
  }

  /** What the ledger has posted, in nano-dollars. */
  async readSpent(walletId: string): Promise<bigint> {
    const { spent_usd: spent } = await this.ask<{ spent_usd: string }>('GET', `/v1/wallets/${walletId}/balance`);
    return parseUsd(spent);
  }

  /** Every call of the request log that one wallet paid for: how many different ones, and their cost in nano-dollars. */
  async readRequestLog(walletId: string): Promise<{ calls: number; cost: bigint }> {
    const ids = new Set<string>();
    let cost = 0n;
    const query = new URLSearchParams({ wallet_id: walletId, limit: '500' });
    for (let isLast = false; !isLast;) {
      const page = await this.ask<LogPage>('GET', `/v1/requests?${query.toString()}`);
      for (const row of page.data) {
        if (!ids.has(row.id)) cost += parseUsd(row.cost_usd);
        ids.add(row.id);
      }
      isLast = page.next_cursor === null;
      if (page.next_cursor !== null) query.set('cursor', page.next_cursor);
    }
    return { calls: ids.size, cost };
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path.split('?')[0]!} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }
}

interface LogPage {
  data: { id: string; cost_usd: string }[];
  next_cursor: string | null;
}
