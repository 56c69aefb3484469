import { ManualClock } from '@ao/kernel';
import { openRedisKeyValue, type KeyValue } from '@ao/keyvalue';
import { startRedis, waitFor, type RealServer } from '@ao/testing';
import { ExchangingGateway, tableUnder } from './usage-exchange.suite.js';

/** As in production, but for the time that a busy machine needs. */
const DEADLINE_MS = 1_000;

/** What both gateways are to say. */
const both = <T>(value: T): T[] => [value, value];

describe('the use of deployments over two gateways and one Redis', () => {
  const redisClock = new ManualClock(60_000 * 200);
  let server: RealServer;
  let stores: KeyValue[];

  beforeAll(async () => {
    server = await startRedis();
    stores = [1, 2].map(() => openRedisKeyValue({ url: server.url, deadlineMs: DEADLINE_MS, clock: redisClock }));
    await Promise.all(stores.map((store) => waitFor(async () => (await store.health()).ok)));
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.kill();
  });

  it('[RT-013] is the same at both after an exchange, and is forgotten with its minute', async () => {
    const table = tableUnder('usage-based-routing-v2', 100);
    const [one, other] = stores.map((store) => new ExchangingGateway(store, table)) as [
      ExchangingGateway,
      ExchangingGateway,
    ];
    const exchange = async (): Promise<void> => {
      for (const gateway of [one, other, one]) await gateway.exchange.run();
    };
    const usages = (id: string) => [one, other].map((gateway) => gateway.usage(id));
    one.use('dep_0', 100);
    other.use('dep_0', 30);
    other.use('dep_99', 5);
    await exchange();
    expect(usages('dep_0')).toEqual(both({ requests: 2, tokens: 130 }));
    expect(usages('dep_99')).toEqual(both({ requests: 1, tokens: 5 }));
    one.use('dep_99', 15);
    await exchange();
    expect(usages('dep_99')).toEqual(both({ requests: 2, tokens: 20 }));
    for (const clock of [redisClock, one.clock, other.clock]) clock.advanceMs(120_000);
    await exchange();
    expect(usages('dep_0')).toEqual(both({ requests: 0, tokens: 0 }));
  });

  it('[RT-013] is each gateway’s own while Redis is away', async () => {
    const away = openRedisKeyValue({ url: 'redis://127.0.0.1:1', deadlineMs: DEADLINE_MS });
    const gateway = new ExchangingGateway(away);
    gateway.use('dep_0', 10);
    await gateway.exchange.run();
    expect(gateway.usage('dep_0')).toEqual({ requests: 1, tokens: 10 });
    await away.close();
  });
});
