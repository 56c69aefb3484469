import type { Bus } from './bus.js';
import { describeEvents } from './suite/events.suite.js';
import { describeRequests } from './suite/requests.suite.js';
import { describeSnapshots } from './suite/snapshots.suite.js';
import { CollectingLogger, errorOf, eventOf, eventually, newContracts, payloadOf } from './suite/test-tools.suite.js';

/**
 * What every `Bus` keeps, whatever carries its messages.
 *
 * @param openBus a bus as one process has it; the suite closes what it opens
 */
export function describeBus(name: string, openBus: (logger: CollectingLogger) => Promise<Bus>): void {
  describe(`${name} as a Bus`, () => {
    let bus: Bus;
    let logger: CollectingLogger;

    beforeEach(async () => {
      logger = new CollectingLogger();
      bus = await openBus(logger);
    });
    afterEach(() => bus.close());

    const current = () => ({ bus, logger });
    describeRequests(current);
    describeEvents(current);
    describeSnapshots(current);

    it('is healthy until it is closed; then everything is refused, and closing again does no harm', async () => {
      const { rpc, event: contract } = newContracts();
      await bus.respond(rpc, (request) => request);
      await bus.checkHealth();
      await bus.close();
      await expect(bus.checkHealth()).rejects.toMatchObject({ code: 'backend_unavailable' });
      expect((await errorOf(bus.request(rpc, payloadOf('a')))).code).toBe('backend_unavailable');
      expect((await errorOf(bus.publish(contract, eventOf('a')))).code).toBe('backend_unavailable');
      await bus.close();
    });

    it('lets a running handler finish before it closes', async () => {
      const contracts = newContracts();
      const steps: string[] = [];
      await bus.subscribe(contracts.event, { kind: 'durable', name: 'reader' }, async () => {
        steps.push('begun');
        await new Promise((resolve) => setTimeout(resolve, 100));
        steps.push('done');
      });
      const published = bus.publish(contracts.event, eventOf('a'));
      await eventually(() => expect(steps).toEqual(['begun']));
      await bus.close();
      expect(steps).toEqual(['begun', 'done']);
      await published;
    });
  });
}
