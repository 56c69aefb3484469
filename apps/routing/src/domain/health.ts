/** What the checks of a provider have found. */
export interface Health {
  /** Null: nothing is known yet, and it is taken for healthy. */
  healthy: boolean | null;
  /** How many checks in a row have contradicted `healthy`. */
  streak: number;
  /** Why the last check failed. */
  reason: string | null;
  latencyMs: number | null;
  checkedAtMs: number | null;
}

/** The outcome of one check. */
export interface Check {
  ok: boolean;
  reason: string | null;
  latencyMs: number;
}

export interface HealthPolicy {
  /** So many failures in a row make a provider unhealthy. */
  failuresToFail: number;
  /** So many successes in a row make it healthy again. */
  successesToRecover: number;
}

export const NEVER_CHECKED: Health = { healthy: null, streak: 0, reason: null, latencyMs: null, checkedAtMs: null };

/** The health after one more check. */
export function afterCheck(
  before: Health,
  { ok, ...latest }: Check,
  policy: HealthPolicy,
  checkedAtMs: number,
): Health {
  const agrees = ok === (before.healthy ?? true);
  if (agrees) return { ...latest, checkedAtMs, healthy: ok, streak: 0 };
  const streak = before.streak + 1;
  const convinced = streak >= (ok ? policy.successesToRecover : policy.failuresToFail);
  return convinced
    ? { ...latest, checkedAtMs, healthy: ok, streak: 0 }
    : { ...latest, checkedAtMs, healthy: before.healthy, streak };
}

/** Whether gateways must hear of it: what nothing is known of counts as healthy. */
export const turned = (before: Health, after: Health): boolean => (before.healthy ?? true) !== (after.healthy ?? true);
