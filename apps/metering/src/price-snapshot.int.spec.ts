import { connectNatsBus, type Bus } from '@ao/bus';
import { pricesSnapshot, type Price, type ValueOf } from '@ao/contracts';
import { picoUsd, silentLogger } from '@ao/kernel';
import { PriceBook, bundledPrices } from '@ao/pricing';
import { startNats, waitFor, type RealServer } from '@ao/testing';

/** Bundled, imported, configured and announced prices of several years together. */
const ROWS = 10_000;

describe('the price list over NATS', () => {
  let nats: RealServer;
  const buses: Bus[] = [];
  const connect = async (name: string): Promise<Bus> => {
    const bus = await connectNatsBus({ url: nats.url, name, logger: silentLogger });
    buses.push(bus);
    return bus;
  };

  beforeAll(async () => void (nats = await startNats()));
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await nats.stop();
  });

  it('[PR-014] fits into one message of a server with its own defaults, with room for many times the bundled prices', async () => {
    const bundled = bundledPrices();
    const prices = Array.from({ length: ROWS }, (_, index): Price => {
      const row = bundled[index % bundled.length]!;
      // No two alike, or they would compress too well.
      const inputPico = picoUsd(row.inputPico + BigInt(index * 7_919));
      return { ...row, id: `prc_${(index * 2_654_435_761).toString(36)}`, model: `${row.model}-${index}`, inputPico };
    });
    const [owner, gateway] = [await connect('metering'), await connect('gateway')];
    let seen: ValueOf<typeof pricesSnapshot> | undefined;
    await gateway.watchSnapshot(pricesSnapshot, (value) => void (seen = value));
    await owner.putSnapshot(pricesSnapshot, { version: 7, prices });
    await waitFor(() => seen?.version === 7, { timeoutMs: 20_000 });
    expect(seen!.prices).toEqual(prices);
    expect(new PriceBook(seen!.prices).size).toBe(ROWS);
  }, 60_000);
});
