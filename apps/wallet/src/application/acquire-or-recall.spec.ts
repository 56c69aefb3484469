import { acquireLeasesV1, type RequestOf } from '@ao/contracts';
import { ManualClock, nanoUsd, silentLogger, type NanoUsd } from '@ao/kernel';
import { AcquireOrRecall } from './acquire-or-recall.js';
import type { AcquisitionAnswer, LedgerStore } from './ports.js';
import { RecallLeases, type Gateways } from './recall-leases.js';
import type { SyncLeases } from './sync-leases.js';

const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));
const request = acquireLeasesV1.request.parse(acquireLeasesV1.example.request) as RequestOf<typeof acquireLeasesV1>;
const granted: AcquisitionAnswer = { kind: 'granted', path: [], leases: [] };
const refusedBy = (walletId: string): AcquisitionAnswer => ({
  kind: 'refused',
  reason: 'exhausted',
  walletId,
  walletName: walletId,
  shortfall: usd(1),
  scoped: false,
});

/** Runs an acquisition that is answered like this, one answer after the other, with a recall that brings so much. */
async function acquire(
  answers: AcquisitionAnswer[],
  returned: Record<string, number> = {},
  mayArrive = false,
): Promise<{ answer: AcquisitionAnswer; recalled: string[]; pausedMs: number }> {
  const recalled: string[] = [];
  let pausedMs = 0;
  const pause = async (durationMs: number): Promise<void> => void (pausedMs += durationMs);
  const execute = async (walletId: string): ReturnType<RecallLeases['execute']> => {
    recalled.push(walletId);
    return { returned: usd(returned[walletId] ?? 0), mayArrive };
  };
  const recall = { execute } as unknown as RecallLeases;
  const ask = async (): Promise<AcquisitionAnswer> => answers.shift()!;
  const answer = await new AcquireOrRecall(ask, recall, new ManualClock(), pause).execute(request);
  return { answer, recalled, pausedMs };
}

describe('an acquisition that is refused at first', () => {
  it('[BX-001] recalls of every wallet that is short, also when one of them had nothing idle', async () => {
    const outcome = await acquire([refusedBy('a'), refusedBy('b'), granted], { b: 5 });
    expect(outcome).toEqual({ answer: granted, recalled: ['a', 'b'], pausedMs: 0 });
  });

  it('[BX-001] tries once more even where nobody held anything: it may have come back by itself meanwhile', async () => {
    expect(await acquire([refusedBy('a'), granted])).toMatchObject({ answer: granted, recalled: ['a'] });
  });

  it('is refused for good when the wallet that refuses has nothing idle anywhere', async () => {
    const outcome = await acquire([refusedBy('a'), refusedBy('a')]);
    expect(outcome).toEqual({ answer: refusedBy('a'), recalled: ['a'], pausedMs: 0 });
  });

  it('[BX-001] waits a moment for a lease that may be on its way to its gateway, and not for ever', async () => {
    const late = [refusedBy('a'), refusedBy('a'), refusedBy('a'), granted];
    expect(await acquire(late, {}, true)).toMatchObject({ answer: granted, pausedMs: 100 });
    const never = Array.from({ length: 9 }, () => refusedBy('a'));
    expect(await acquire(never, {}, true)).toMatchObject({ answer: refusedBy('a'), pausedMs: 100 });
  });
});

describe('a recall', () => {
  it('counts only what the ledger has not taken yet: gateways repeat their returns until they are confirmed', async () => {
    const returns = [1, 2].map((sequence) => ({ leaseId: 'l1', sequence, amount: usd(sequence * 10), close: false }));
    const store = {
      findHolders: async () => [{ gatewayId: 'gw_1', grantedAtMs: 0 }],
      findLeases: async () => new Map([['l1', { returnSequence: 1 }]]),
    } as unknown as LedgerStore;
    const gateways: Gateways = { returnLeases: async () => returns };
    const synced: unknown[] = [];
    const sync = { execute: async (call: unknown) => void synced.push(call) } as unknown as SyncLeases;
    const recall = new RecallLeases(store, gateways, sync, new ManualClock(), silentLogger);
    expect(await recall.execute('wal_1')).toEqual({ returned: 20n, mayArrive: false });
    expect(synced).toEqual([{ gatewayId: 'gw_1', renew: [], returns: [returns[1]] }]);
  });
});
