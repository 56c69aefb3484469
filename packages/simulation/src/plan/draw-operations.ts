import type { Random } from '../engine/random.js';
import { CALL_NANO_USD, type CallPlan, type Operation, type ProviderPlan, type WalletPlan } from './plan.js';

interface Scene {
  isFaulty: boolean;
  durationMs: number;
  gateways: number;
  walletReplicas: number;
  meteringReplicas: number;
  wallets: readonly WalletPlan[];
}

const MAX_TOKENS = 80;

export function drawOperations(random: Random, scene: Scene): Operation[] {
  const calls = drawCalls(random, scene);
  const operations = [...calls, ...drawChanges(random, scene), ...(scene.isFaulty ? drawTroubles(random, scene) : [])];
  return operations.sort((a, b) => a.atMs - b.atMs);
}

/** Calls come in bursts: leases are fought over where many ask at once. */
function drawCalls(random: Random, scene: Scene): CallPlan[] {
  const calls: CallPlan[] = [];
  for (let burst = random.int(2, 6); burst > 0; burst -= 1) {
    const atMs = random.int(0, scene.durationMs);
    const spreadMs = random.pick([0, 50, 1_000]);
    for (let call = random.int(1, 12); call > 0; call -= 1) {
      calls.push(drawCall(random, scene, atMs + random.int(0, spreadMs)));
    }
  }
  return calls;
}

function drawCall(random: Random, { gateways, wallets, isFaulty }: Scene, atMs: number): CallPlan {
  // No key names a budget with a scope.
  const payer = wallets.filter(({ scope }) => scope === null).length - 1;
  const maxTokens = random.int(1, MAX_TOKENS);
  const provider = drawProvider(random, maxTokens);
  return {
    kind: 'call',
    atMs,
    gateway: random.int(0, gateways - 1),
    // Mostly a leaf: those come last.
    wallet: random.int(random.chance(0.8) ? Math.max(0, payer - 1) : 0, payer),
    maxTokens,
    promptLength: random.int(1, 60),
    endUser: random.pick([null, 'anna', 'ben']),
    provider,
    leavesAfterMs: isFaulty && random.chance(0.06) ? random.int(0, 2_000) : null,
  };
}

function drawProvider(random: Random, maxTokens: number): ProviderPlan {
  const latencyMs = random.chance(0.05) ? random.int(2_000, 8_000) : random.int(5, 800);
  if (random.chance(0.08)) return { kind: random.pick(['refuses', 'breaks'] as const), latencyMs };
  // Some providers do not keep to what was asked of them: the cost exceeds the reservation.
  const completionTokens = random.chance(0.06) ? maxTokens * random.int(2, 6) + 100 : random.int(0, maxTokens);
  return {
    kind: 'answers',
    promptTokens: random.int(0, 20),
    completionTokens,
    latencyMs,
    streamed: random.chance(0.25),
  };
}

function drawChanges(random: Random, { durationMs, wallets }: Scene): Operation[] {
  const changes: Operation[] = [];
  const atMs = (): number => random.int(0, durationMs);
  const wallet = (): number => random.int(0, wallets.length - 1);
  for (let count = random.pick([0, 0, 1, 3]); count > 0; count -= 1) {
    const limit = random.chance(0.1) ? null : (CALL_NANO_USD * BigInt(random.int(0, 200))) / 10n;
    changes.push({ kind: 'set-limit', atMs: atMs(), wallet: wallet(), limit });
  }
  if (random.chance(0.1)) {
    const target = { wallet: wallet(), atMs: atMs() };
    changes.push({ kind: 'set-active', isActive: false, ...target });
    changes.push({ kind: 'set-active', isActive: true, ...target, atMs: target.atMs + random.int(500, 4_000) });
  }
  return changes;
}

function drawTroubles(random: Random, scene: Scene): Operation[] {
  const troubles: Operation[] = [];
  const atMs = (): number => random.int(0, scene.durationMs);
  const downMs = (): number => random.int(50, 3_000);
  const gateway = (): number => random.int(0, scene.gateways - 1);
  const times = (): number => random.pick([0, 0, 1, 2]);
  for (let count = times(); count > 0; count -= 1) {
    troubles.push({
      kind: random.pick(['crash-gateway', 'stop-gateway'] as const),
      atMs: atMs(),
      gateway: gateway(),
      downMs: downMs(),
    });
  }
  for (let count = times(); count > 0; count -= 1) {
    troubles.push({
      kind: 'crash-wallet',
      atMs: atMs(),
      replica: random.int(0, scene.walletReplicas - 1),
      downMs: downMs(),
    });
  }
  for (let count = times(); count > 0; count -= 1) {
    troubles.push({
      kind: 'crash-metering',
      atMs: atMs(),
      replica: random.int(0, scene.meteringReplicas - 1),
      downMs: downMs(),
    });
  }
  if (random.chance(0.3))
    troubles.push({ kind: 'cut-off', atMs: atMs(), gateway: gateway(), forMs: random.int(500, 6_000) });
  if (random.chance(0.2)) troubles.push({ kind: 'bus-away', atMs: atMs(), forMs: random.int(500, 6_000) });
  if (random.chance(0.2)) troubles.push({ kind: 'forget-inbox', atMs: atMs() });
  return troubles;
}
