import { nanoUsd } from '@ao/kernel';
import type { Books, MoneyScenario, MoneySummary } from './money-scenarios.js';
import { measureReservations } from './reservations.js';
import { WalletStage, type LeafLeases } from './wallet-stage.js';

/** As many as a busy gateway has under way: enough that batches form. */
const LEASES_AT_ONCE = 256;
/** Several batches of the ledger: the next one is there when it has done with the last. */
const SETTLEMENTS_AT_ONCE = 2_048;
const WARM_UP_MS = 500;

/** Measures how fast money moves: locally, and in the ledger. */
export async function measureMoney(
  scenario: MoneyScenario,
  durationMs: number,
  tell: (line: string) => void,
): Promise<MoneySummary> {
  const rows = [];
  for (const books of scenario.books) {
    const { wallets, depth, gateways } = books;
    tell(`measuring ${scenario.name}: ${wallets} wallets, paths of ${depth}, ${gateways} gateways`);
    rows.push({ ...books, perSecond: await measure(scenario, books, durationMs) });
  }
  const { name, what, targetPerSecond } = scenario;
  return { name, what, targetPerSecond, rows };
}

async function measure({ name }: MoneyScenario, books: Books, durationMs: number): Promise<number> {
  if (name === 'reservations') return measureReservations(books, durationMs);
  const stage = await WalletStage.start();
  try {
    return await (name === 'leases'
      ? measureLeases(stage, books, durationMs)
      : measureSettlements(stage, books, durationMs));
  } finally {
    await stage.stop();
  }
}

async function measureLeases(stage: WalletStage, books: Books, durationMs: number): Promise<number> {
  const leaves = await stage.createWallets(books);
  return perSecond(LEASES_AT_ONCE, durationMs, async (index) => {
    await stage.acquire(leaves[index % leaves.length]!, index % books.gateways, nanoUsd(1_000n));
  });
}

async function measureSettlements(stage: WalletStage, books: Books, durationMs: number): Promise<number> {
  const leaves = await stage.createWallets(books);
  const leases: LeafLeases[] = [];
  for (const [index, leaf] of leaves.entries()) {
    for (let gateway = 0; gateway < books.gateways; gateway += 1) {
      // Of each wallet one lease a gateway would make setting up longer than measuring; of a few, enough.
      if (gateway === index % books.gateways)
        leases.push(await stage.acquire(leaf, gateway, nanoUsd(1_000_000_000_000n)));
    }
  }
  return perSecond(SETTLEMENTS_AT_ONCE, durationMs, (index) =>
    stage.settle(leases[index % leases.length]!, nanoUsd(1_000n)),
  );
}

/** Operations a second with so many under way at once, after a warm-up; a slow machine is given time to end one. */
async function perSecond(
  atOnce: number,
  durationMs: number,
  operate: (index: number) => Promise<void>,
): Promise<number> {
  const startedMs = performance.now();
  const fromMs = startedMs + WARM_UP_MS;
  const untilMs = fromMs + durationMs;
  let endMs = untilMs;
  let started = 0;
  let counted = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < untilMs || counted === 0) {
      await operate((started += 1));
      const nowMs = performance.now();
      if (nowMs < fromMs || (nowMs > untilMs && counted > 0)) continue;
      counted += 1;
      endMs = Math.max(untilMs, nowMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (counted * 1_000) / (endMs - fromMs);
}
