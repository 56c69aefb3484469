import type { KeyValue } from '@ao/keyvalue';
import type { Bus } from '@ao/bus';
import { checkHealthV1, type CheckedService } from '@ao/contracts';

export type Checks = Record<string, { ok: boolean; detail: string | null }>;

/** Without these a paid call fails; the others may be away for a while. */
const REQUIRED: CheckedService[] = ['identity', 'wallet', 'metering', 'routing'];
const REUSED_MS = 500;

/** Whether every service and its dependencies answer. Answers are shared for a moment, so that probes cost little. */
export class Readiness {
  private last: { atMs: number; checks: Promise<Checks> } | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly monotonicMs: () => number,
    private readonly ownChecks: Record<string, () => Promise<void>>,
  ) {}

  async check(): Promise<{ ready: boolean; checks: Checks }> {
    const nowMs = this.monotonicMs();
    if (!this.last || nowMs - this.last.atMs > REUSED_MS) this.last = { atMs: nowMs, checks: this.ask() };
    const checks = await this.last.checks;
    return { ready: Object.entries(checks).every(([name, { ok }]) => ok || !isRequired(name)), checks };
  }

  private async ask(): Promise<Checks> {
    const services = Object.keys(checkHealthV1) as CheckedService[];
    const own = Object.entries(this.ownChecks).map(async ([name, run]) => [[name, await outcome(run())]] as const);
    const asked = services.map(async (service) => {
      try {
        const { checks } = await this.bus.request(checkHealthV1[service], {});
        return [
          [service, { ok: true, detail: null }],
          ...Object.entries(checks).map(([name, check]) => [`${service}.${name}`, check]),
        ] as const;
      } catch {
        return [[service, { ok: false, detail: `the ${service} service does not answer` }]] as const;
      }
    });
    return Object.fromEntries((await Promise.all([...own, ...asked])).flat()) as Checks;
  }
}

/** `wallet.postgres` belongs to `wallet`; a check that names no service is the gateway's own. */
function isRequired(name: string): boolean {
  const service = name.split('.')[0]!;
  return !(service in checkHealthV1) || (REQUIRED as string[]).includes(service);
}

async function outcome(work: Promise<void>): Promise<{ ok: boolean; detail: string | null }> {
  try {
    await work;
    return { ok: true, detail: null };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Limits go on in memory while Redis is away, but whoever balances load must know. */
export async function requireHealthy(keyValue: Pick<KeyValue, 'health'>): Promise<void> {
  const health = await keyValue.health();
  if (!health.ok) throw new Error(health.reason);
}
