import { AppError, ManualClock } from '@ao/kernel';
import { LIMITS_PER_CALL_MAX, openMemoryKeyValue, type LimitDecision, type LimitRequest } from '@ao/keyvalue';
import { ExchangingGateway, tableUnder } from './usage-exchange.suite.js';

/** A store that all gateways share, and what it was asked. */
function recordingStore() {
  const shared = openMemoryKeyValue({ clock: new ManualClock() });
  const asked: LimitRequest[][] = [];
  let answer = (requests: readonly LimitRequest[]): Promise<LimitDecision> => shared.takeTokens(requests);
  return {
    asked,
    answerBy: (other: typeof answer) => (answer = other),
    answerWell: () => (answer = (requests) => shared.takeTokens(requests)),
    takeTokens(requests: readonly LimitRequest[]) {
      asked.push([...requests]);
      return answer(requests);
    },
  };
}

/** From memory that knows of other times. */
const decideAlone = async (requests: readonly LimitRequest[]): Promise<LimitDecision> => ({
  allowed: true,
  limits: requests.map(() => ({ allowed: true, limit: 1_000, remaining: 0, resetMs: 0, retryAfterMs: 0 })),
  local: true,
});

/** What both gateways are to say. */
const both = <T>(value: T): T[] => [value, value];

describe('the use of deployments over all gateways', () => {
  it('[RT-013] is own use and what others told, however often they exchange', async () => {
    const store = recordingStore();
    const [one, other] = [new ExchangingGateway(store), new ExchangingGateway(store)];
    one.use('dep_0', 100);
    one.use('dep_0', 50);
    other.use('dep_0', 7);
    for (const gateway of [one, other, one, one, other]) await gateway.exchange.run();
    expect([one.usage('dep_0'), other.usage('dep_0')]).toEqual(both({ requests: 3, tokens: 157 }));
    expect(other.usage('dep_1')).toEqual({ requests: 0, tokens: 0 });
    // What is used from now on counts at once at home, and elsewhere with the next exchange.
    other.use('dep_0', 1_000);
    expect([other.usage('dep_0').tokens, one.usage('dep_0').tokens]).toEqual([1_157, 157]);
  });

  it('[RT-013] is not asked for where no group compares it', async () => {
    const store = recordingStore();
    const gateway = new ExchangingGateway(store, tableUnder('latency-based-routing'));
    gateway.use('dep_0', 100);
    await gateway.exchange.run();
    expect(store.asked).toEqual([]);
    gateway.state.table = tableUnder('usage-based-routing-v2');
    await gateway.exchange.run();
    expect(store.asked).toHaveLength(1);
  });

  it('[RT-013] goes in bounded batches and rounds, in which each deployment has its turn', async () => {
    const store = recordingStore();
    const gateway = new ExchangingGateway(store, tableUnder('lowest-tpm-rpm', 1_500));
    await gateway.exchange.run();
    expect(store.asked.every((requests) => requests.length <= LIMITS_PER_CALL_MAX)).toBe(true);
    expect(store.asked.flat()).toHaveLength(1_024 * 2);
    await gateway.exchange.run();
    const keys = store.asked.flat().map(({ key }) => key);
    expect([keys.length, new Set(keys).size]).toEqual([3_000, 3_000]);
    await gateway.exchange.run();
    expect(store.asked.flat()).toHaveLength(3_000 + 1_024 * 2);
  });

  it('[RT-013] never runs twice at once', async () => {
    const store = recordingStore();
    const gateway = new ExchangingGateway(store);
    await Promise.all([gateway.exchange.run(), gateway.exchange.run()]);
    expect(store.asked).toHaveLength(1);
    await gateway.exchange.run();
    expect(store.asked).toHaveLength(2);
  });

  it.each([
    ['fails', () => Promise.reject(new AppError('backend_unavailable', 'away'))],
    ['is away, and this gateway decides alone', decideAlone],
  ])('[RT-013] is what this gateway used while the store %s', async (_name, away) => {
    const store = recordingStore();
    const gateway = new ExchangingGateway(store, tableUnder('lowest-tpm-rpm', 100));
    gateway.use('dep_0', 10);
    store.answerBy(away);
    await gateway.exchange.run();
    // One question is enough to find out.
    expect(store.asked).toHaveLength(1);
    expect(gateway.usage('dep_0')).toEqual({ requests: 1, tokens: 10 });
    store.answerWell();
    gateway.use('dep_0', 5);
    await gateway.exchange.run();
    // Not less than its own, though the store was not told of all of it.
    expect(gateway.usage('dep_0')).toEqual({ requests: 2, tokens: 15 });
  });
});
