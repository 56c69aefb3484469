import type { Wallet } from '../../api/types.js';

export interface WalletNode {
  wallet: Wallet;
  /** 0 for a root. */
  depth: number;
}

/**
 * The wallets as a tree, parents before their children, siblings by name. A wallet whose parent is not in the list (not
 * visible, or not loaded) stands as a root, and so does a ring, which the ledger never makes: nothing is left out.
 */
export function toTree(wallets: Wallet[]): WalletNode[] {
  const ids = new Set(wallets.map(({ id }) => id));
  const children = new Map<string | null, Wallet[]>();
  for (const wallet of wallets) {
    const parent = wallet.parent_id !== null && ids.has(wallet.parent_id) ? wallet.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), wallet]);
  }
  const placed = new Set<string>();
  const nodes: WalletNode[] = [];
  const place = (wallet: Wallet, depth: number): void => {
    if (placed.has(wallet.id)) return;
    placed.add(wallet.id);
    nodes.push({ wallet, depth });
    for (const child of byName(children.get(wallet.id))) place(child, depth + 1);
  };
  for (const root of byName(children.get(null))) place(root, 0);
  for (const wallet of wallets) place(wallet, 0);
  return nodes;
}

const byName = (wallets: Wallet[] = []): Wallet[] =>
  wallets.toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
