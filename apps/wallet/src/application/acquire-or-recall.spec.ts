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
): Promise<{ answer: AcquisitionAnswer; recalled: string[] }> {
  const recalled: string[] = [];
  const recall = { execute: async (walletId: string) => (recalled.push(walletId), usd(returned[walletId] ?? 0)) };
  const ask = async (): Promise<AcquisitionAnswer> => answers.shift()!;
  const answer = await new AcquireOrRecall(ask, recall as unknown as RecallLeases, new ManualClock()).execute(request);
  return { answer, recalled };
}

describe('an acquisition that is refused at first', () => {
  it('[BX-001] recalls of every wallet that is short, also when one of them had nothing idle', async () => {
    const outcome = await acquire([refusedBy('a'), refusedBy('b'), granted], { b: 5 });
    expect(outcome).toEqual({ answer: granted, recalled: ['a', 'b'] });
  });

  it('[BX-001] tries once more even where nobody held anything: it may have come back by itself meanwhile', async () => {
    expect(await acquire([refusedBy('a'), granted])).toEqual({ answer: granted, recalled: ['a'] });
  });

  it('is refused for good when the wallet that refuses has nothing idle anywhere', async () => {
    const outcome = await acquire([refusedBy('a'), refusedBy('a')]);
    expect(outcome).toEqual({ answer: refusedBy('a'), recalled: ['a'] });
  });
});

describe('a recall', () => {
  it('counts only what the ledger has not taken yet: gateways repeat their returns until they are confirmed', async () => {
    const returns = [1, 2].map((sequence) => ({ leaseId: 'l1', sequence, amount: usd(sequence * 10), close: false }));
    const store = {
      findHolders: async () => ['gw_1'],
      findLeases: async () => new Map([['l1', { returnSequence: 1 }]]),
    } as unknown as LedgerStore;
    const gateways: Gateways = { returnLeases: async () => returns };
    const synced: unknown[] = [];
    const sync = { execute: async (call: unknown) => void synced.push(call) } as unknown as SyncLeases;
    expect(await new RecallLeases(store, gateways, sync, silentLogger).execute('wal_1')).toBe(20n);
    expect(synced).toEqual([{ gatewayId: 'gw_1', renew: [], returns: [returns[1]] }]);
  });
});
