import type { RoutingDecision } from '@ao/contracts';
import type { Pool } from '../table/pool.js';
import type { Circumstances } from './eligibility.js';
import type { Picked } from './pick.js';

type Told = RoutingDecision['candidates'];

/** Of pools where nothing changes from call to call; frozen, because all their calls share them. */
const unchanging = new WeakMap<Pool, Told>();

/** What became of each deployment of the group (RT-007): the picked one is always among them. */
export function tellCandidates(pool: Pool, circumstances: Circumstances, picked: Picked): Told {
  const { strategy, context, tried, promptTokens, serviceLevel } = circumstances;
  const isPlain =
    picked.candidate?.healthy === true &&
    strategy.score === undefined &&
    context.states.tripped.size === 0 &&
    tried.size === 0 &&
    promptTokens === null &&
    serviceLevel === null &&
    pool.healthyCount === pool.told.length;
  if (!isPlain) return tellEach(pool, circumstances, picked);
  let told = unchanging.get(pool);
  if (!told) {
    told = tellEach(pool, circumstances, picked);
    unchanging.set(pool, Object.freeze(told) as Told);
  }
  return told;
}

function tellEach(
  { told: entries }: Pool,
  { strategy, context }: Circumstances,
  { candidate, eligibility }: Picked,
): Told {
  const isHealthyPicked = candidate?.healthy === true;
  const tell = ({ candidate: one, dropped }: (typeof entries)[number]): Told[number] => {
    const isUnhealthy = !one.healthy && isHealthyPicked;
    const reason = one === candidate ? null : (dropped ?? (isUnhealthy ? 'unhealthy' : eligibility.reason(one)));
    const entry: Told[number] = { deploymentId: one.deployment.id, dropped: reason };
    if (strategy.score && dropped === null) entry.score = strategy.score(one, context);
    return entry;
  };
  const told = entries.map(tell);
  const isMissing = candidate !== null && !entries.some(({ candidate: one }) => one === candidate);
  if (isMissing) told[told.length - 1] = tell({ candidate, dropped: null });
  return told;
}
