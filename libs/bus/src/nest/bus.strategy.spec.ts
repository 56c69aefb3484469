import { silentLogger } from '@ao/kernel';
import { MemoryBus } from '../memory/memory-bus.js';
import { BusStrategy } from './bus.strategy.js';
import { describeNestService } from '../suite/nest.suite.js';

describeNestService('MemoryBus', async (logger) => new MemoryBus(logger));

describe('BusStrategy', () => {
  const listen = (strategy: BusStrategy): Promise<unknown> => new Promise((resolve) => strategy.listen(resolve));

  it('refuses two responders for one contract: the second would silently win', () => {
    const strategy = new BusStrategy(new MemoryBus(silentLogger));
    strategy.addHandler('rpc.wallet.a.v1', async () => undefined);
    expect(() => strategy.addHandler('rpc.wallet.a.v1', async () => undefined)).toThrow('two @Responds');
  });

  it('refuses a handler of plain Nest, which has no contract', async () => {
    const strategy = new BusStrategy(new MemoryBus(silentLogger));
    strategy.addHandler('anything', async () => undefined);
    expect(await listen(strategy)).toMatchObject({ message: expect.stringContaining('use @Responds or @Consumes') });
  });
});
