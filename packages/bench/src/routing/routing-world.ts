import { routingTableSnapshot } from '@ao/contracts';
import { DeploymentStates, Router, RoutingTable, type RouteQuestion } from '@ao/router';
import type { RoutingWorld } from './routing-scenarios.js';

const CIRCUIT = { allowedFails: 3, cooldownMs: 5_000, enabled: true };
/** Of the deployments that were called lately; a circuit of one of so many is open. */
const TRIPPED_EVERY = 1_000;

export const groupName = (group: number): string => `group-${group}`;

/** A router over deployments that have all been called, each with figures of its own. */
export function buildRouter({ groups, deployments, rules, strategy }: RoutingWorld, nowMs: number): Router {
  const snapshot = routingTableSnapshot.value.parse({
    version: 1,
    providers: [
      { id: 'prv_1', name: 'acme', kind: 'openai', baseUrl: 'https://acme.example/v1', sealedKey: null, timeouts: {} },
    ],
    deployments: Array.from({ length: groups * deployments }, (_, index) => ({
      id: `dep_${index}`,
      modelGroup: groupName(index % groups),
      providerId: 'prv_1',
      model: 'acme-chat',
      weight: 1 + (index % 3),
      source: 'config',
    })),
    aliases: [{ alias: 'fast', modelGroup: groupName(0) }],
    // One for each model, as those have that are written one by one: none moves a call away.
    rules: Array.from({ length: rules }, (_, index) => ({
      id: `rul_${index}`,
      orgId: null,
      name: `rule ${index}`,
      priority: index,
      conditions: [
        { field: 'model', operator: 'eq', value: groupName(index % groups) },
        { field: 'feature', operator: 'regex', value: '^(batch|nightly)-' },
      ],
      action: { type: 'block' },
    })),
    settings: [{ orgId: null, settings: { strategy } }],
  });
  const table = new RoutingTable(snapshot, (sealed) => sealed);
  const states = new DeploymentStates();
  for (const [index, id] of [...table.deploymentIds()].entries()) feed(states, id, index, nowMs);
  const facts = {
    price: ({ deployment }: { deployment: { weight: number } }) => BigInt(deployment.weight),
    contextTokensMax: () => null,
  };
  return new Router(table, states, facts);
}

function feed(states: DeploymentStates, id: string, index: number, nowMs: number): void {
  states.begin(id, nowMs);
  states.end(id, nowMs, { kind: 'succeeded', latencyMs: 100 + (index % 977), tokens: 1 + (index % 991) }, CIRCUIT);
  for (let call = 0; call < 1 + (index % 7); call += 1) states.begin(id, nowMs);
  if (index % TRIPPED_EVERY === TRIPPED_EVERY - 1) states.hear({ deploymentId: id, openForMs: 300_000 }, nowMs);
}

/** A call for a group. */
export function questionFor(model: string, nowMs: number): RouteQuestion {
  return {
    model,
    principal: { orgId: 'org_1', teamId: 'team_1', userId: 'usr_1', keyId: 'key_1', models: null },
    endUserId: null,
    tags: [],
    featureId: 'search',
    endpoint: '/v1/chat/completions',
    stream: false,
    region: null,
    country: null,
    requestId: 'req_1',
    promptTokensBound: () => 100,
    estimatedCostUsd: () => null,
    conversationKey: () => null,
    nowMs: 1_767_225_600_000,
    monotonicMs: nowMs,
  };
}
