import { routingTableSnapshot, type RouterSettings, type ValueOf } from '@ao/contracts';
import type { Resolution, RouteQuestion } from '../question.js';
import { Router } from '../router.js';
import { DeploymentStates } from '../state/deployment-states.js';
import { RoutingTable } from '../table/routing-table.js';

/** What a test says of a world; everything else is as plain as can be. */
export interface World {
  deployments?: Record<string, unknown>[];
  aliases?: Record<string, unknown>[];
  rules?: Record<string, unknown>[];
  experiments?: Record<string, unknown>[];
  /** Of the platform. */
  settings?: RouterSettings;
  /** Of `org_1`. */
  ownSettings?: RouterSettings;
  /** Pico-dollars by deployment id. */
  prices?: Record<string, bigint>;
  contexts?: Record<string, number>;
}

export const NOW_MS = 1_000_000_000;

/** One in the group `chat`, of a provider that answers its checks; `prv_ill` does not, and `prv_eu` stands in `eu-west1`. */
const deploymentDefaults = { modelGroup: 'chat', providerId: 'prv_1', model: 'acme-chat', source: 'config' };

export function tableOf({ deployments, aliases, rules, experiments, settings, ownSettings }: World): RoutingTable {
  const provider = { kind: 'openai', baseUrl: 'https://acme.example/v1', sealedKey: null, timeouts: {} };
  const snapshot = routingTableSnapshot.value.parse({
    version: 1,
    providers: [
      { ...provider, id: 'prv_1', name: 'acme' },
      { ...provider, id: 'prv_2', name: 'other' },
      { ...provider, id: 'prv_eu', name: 'european', region: 'eu-west1' },
      { ...provider, id: 'prv_ill', name: 'ill', healthy: false },
    ],
    deployments: (deployments ?? [{ id: 'a' }]).map((deployment) => ({ ...deploymentDefaults, ...deployment })),
    aliases: aliases ?? [],
    rules: (rules ?? []).map((rule, index) => ({
      id: `rul_${String(index).padStart(4, '0')}`,
      orgId: null,
      name: `rule ${index}`,
      priority: 10,
      conditions: [],
      ...rule,
    })),
    experiments: (experiments ?? []).map((experiment) => ({
      id: 'exp_1',
      orgId: 'org_1',
      modelGroup: 'chat',
      unit: 'user',
      ...experiment,
    })),
    settings: [
      { orgId: null, settings: settings ?? {} },
      { orgId: 'org_1', settings: ownSettings ?? {} },
    ],
  }) as ValueOf<typeof routingTableSnapshot>;
  return new RoutingTable(snapshot, (sealed) => sealed);
}

/** A router of that world, with the states that a test may feed. */
export function routerOf(world: World, random: () => number = seeded(1)): { router: Router; states: DeploymentStates } {
  const states = new DeploymentStates();
  const facts = {
    price: ({ deployment }: { deployment: { id: string } }) => world.prices?.[deployment.id] ?? null,
    contextTokensMax: ({ deployment }: { deployment: { id: string } }) => world.contexts?.[deployment.id] ?? null,
  };
  return { router: new Router(tableOf(world), states, facts, { random }), states };
}

/** A call for `chat`, of `usr_1` in `team_1` of `org_1`. */
export function questionOf({
  principal,
  ...question
}: Partial<Omit<RouteQuestion, 'principal'>> & {
  principal?: Partial<RouteQuestion['principal']>;
} = {}): RouteQuestion {
  return {
    model: 'chat',
    endUserId: null,
    tags: [],
    featureId: null,
    endpoint: '/v1/chat/completions',
    stream: false,
    region: null,
    country: null,
    requestId: 'req_1',
    promptTokensBound: () => 100,
    estimatedCostUsd: () => 0.01,
    conversationKey: () => null,
    nowMs: Date.UTC(2026, 0, 5, 9, 30),
    monotonicMs: NOW_MS,
    ...question,
    principal: { orgId: 'org_1', teamId: 'team_1', userId: 'usr_1', keyId: 'key_1', models: null, ...principal },
  };
}

export const NOTHING_TRIED: ReadonlySet<string> = new Set();

/** Resolves and chooses. */
export function chooseOf(router: Router, question = questionOf(), tried: ReadonlySet<string> = NOTHING_TRIED) {
  return router.choose(question, router.resolve(question), tried);
}

/** How often each deployment is picked. */
export function countPicks(router: Router, calls: number, question = questionOf()): Record<string, number> {
  const resolution: Resolution = router.resolve(question);
  const counts: Record<string, number> = {};
  for (let call = 0; call < calls; call += 1) {
    const id = router.choose(question, resolution, NOTHING_TRIED).picked?.deployment.id ?? 'none';
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

/** Repeatable chance, from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
