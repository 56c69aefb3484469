import type { Bus } from '../bus.js';
import { errorOf, eventually, newContracts, type CollectingLogger } from './test-tools.suite.js';

/** What every bus keeps about read models; `current` gives the one under test. */
export function describeSnapshots(current: () => { bus: Bus; logger: CollectingLogger }): void {
  describe('snapshots', () => {
    let bus: Bus;
    let logger: CollectingLogger;
    beforeEach(() => void ({ bus, logger } = current()));

    it('gives a late watcher the present value, then each later one', async () => {
      const { snapshot } = newContracts();
      const seen: number[] = [];
      await bus.putSnapshot(snapshot, { version: 1, text: '' });
      await bus.putSnapshot(snapshot, { version: 2, text: '' });
      await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
      expect(seen).toEqual([2]);
      await bus.putSnapshot(snapshot, { version: 3, text: '' });
      await eventually(() => expect(seen).toEqual([2, 3]));
    });

    it('lets the watcher come before the first value, and the last of many writes win', async () => {
      const { snapshot } = newContracts();
      const seen: number[] = [];
      await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
      expect(seen).toEqual([]);
      const versions = Array.from({ length: 20 }, (_, index) => index + 1);
      await Promise.all(versions.map((version) => bus.putSnapshot(snapshot, { version, text: 'x'.repeat(version) })));
      await eventually(() => expect(seen.at(-1)).toBe(20));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });

    it('carries a value of several megabytes', async () => {
      const { snapshot } = newContracts();
      const text = Array.from(
        { length: 60_000 },
        (_, index) => `{"model":"provider/model-${index}","usd":"0.15"}`,
      ).join();
      const seen: number[] = [];
      await bus.watchSnapshot(snapshot, (value) => void seen.push(value.text.length));
      await bus.putSnapshot(snapshot, { version: 1, text });
      await eventually(() => expect(seen).toEqual([text.length]));
      expect(text.length).toBeGreaterThan(2_500_000);
    });

    it('refuses a value that breaks the contract and keeps the last good one', async () => {
      const { snapshot } = newContracts();
      await bus.putSnapshot(snapshot, { version: 1, text: '' });
      expect((await errorOf(bus.putSnapshot(snapshot, { version: 0.5, text: '' }))).code).toBe('invalid_parameter');
      const seen: number[] = [];
      await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
      expect(seen).toEqual([1]);
    });

    it("keeps a watcher's failure from the owner and from other watchers", async () => {
      const { snapshot } = newContracts();
      const seen: number[] = [];
      await bus.watchSnapshot(snapshot, () => {
        throw new Error('cannot swap');
      });
      await bus.watchSnapshot(snapshot, ({ version }) => void seen.push(version));
      await bus.putSnapshot(snapshot, { version: 1, text: '' });
      await eventually(() => expect(seen).toEqual([1]));
      await eventually(() => expect(logger.errors).toHaveLength(1));
    });

    it('tells a watcher that stopped nothing more', async () => {
      const { snapshot } = newContracts();
      const seen: string[] = [];
      const stopped = await bus.watchSnapshot(snapshot, () => void seen.push('stopped'));
      await bus.watchSnapshot(snapshot, () => void seen.push('going'));
      await stopped.stop();
      await bus.putSnapshot(snapshot, { version: 1, text: '' });
      await eventually(() => expect(seen).toEqual(['going']));
    });
  });
}
