import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLogger, type Logger } from '@ao/kernel';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import { fastify } from 'fastify';
import { Countries, registerCountries, type CountriesOptions } from './country.js';
import { countryDatabase } from './mmdb.suite.js';

const PROXY = '10.0.0.1';
const HEADER = 'cf-ipcountry';

describe('the country of a call', () => {
  let folder: TemporaryFolder;
  let database: string;
  const logged: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, message) => void logged.push(String(message)) };

  beforeAll(async () => {
    folder = await temporaryFolder('countries');
    database = path.join(folder.path, 'countries.mmdb');
    await writeFile(
      database,
      countryDatabase({ '81.2.69.0/24': 'GB', '89.160.20.0/22': 'SE', '2.125.160.216/29': 'FR' }),
    );
  });
  afterAll(() => folder.remove());

  /** What a server behind `trustProxy` makes of a call from a peer. */
  async function countryOf(
    options: Partial<CountriesOptions>,
    peer: string,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const trustProxy = [PROXY, '192.168.0.0/16'];
    const countries = await Countries.open({ header: undefined, database: undefined, trustProxy, logger, ...options });
    const server = fastify({ trustProxy });
    registerCountries(server, countries);
    server.get('/', (request, reply) => reply.send({ country: request.country }));
    const { country } = (await server.inject({ url: '/', remoteAddress: peer, headers })).json<{ country: unknown }>();
    countries.close();
    await server.close();
    return country;
  }

  it.each([
    ['81.2.69.142', 'GB'],
    ['89.160.23.255', 'SE'],
    ['2.125.160.216', 'FR'],
    ['2.125.160.224', null],
    ['::ffff:81.2.69.142', 'GB'],
    ['127.0.0.1', null],
    ['not an address', null],
  ])('[RT-006] is that of the address %s: %p', async (address, country) => {
    expect(await countryOf({ database }, address)).toBe(country);
  });

  it('[RT-006] is that of the caller behind a trusted proxy, and of the peer where nobody vouches for more', async () => {
    const forwarded = { 'x-forwarded-for': '89.160.20.1' };
    expect(await countryOf({ database }, PROXY, forwarded)).toBe('SE');
    expect(await countryOf({ database }, '81.2.69.142', forwarded)).toBe('GB');
  });

  it.each([
    [PROXY, 'de', 'DE'],
    ['192.168.7.7', 'DE', 'DE'],
    ['::ffff:10.0.0.1', 'DE', 'DE'],
    ['10.0.0.2', 'DE', null],
    ['81.2.69.142', 'DE', null],
    [PROXY, 'XX', null],
    [PROXY, 'T1', null],
    [PROXY, 'Germany', null],
    [PROXY, '', null],
  ])('[RT-006] from %s with the header %p is %p', async (peer, value, country) => {
    expect(await countryOf({ header: HEADER }, peer, { [HEADER]: value })).toBe(country);
  });

  it('[RT-006] cannot be made up by a caller: the address counts', async () => {
    const both = { header: HEADER, database };
    expect(await countryOf(both, '81.2.69.142', { [HEADER]: 'DE' })).toBe('GB');
    expect(await countryOf(both, PROXY, { [HEADER]: 'DE', 'x-forwarded-for': '81.2.69.142' })).toBe('DE');
    expect(await countryOf(both, PROXY, { 'x-forwarded-for': '81.2.69.142' })).toBe('GB');
  });

  it('[RT-006] follows a database that is replaced, and keeps the last one while a new one is bad', async () => {
    const file = path.join(folder.path, 'replaced.mmdb');
    await writeFile(file, countryDatabase({ '81.2.69.0/24': 'GB' }));
    const options = { header: undefined, database: file, trustProxy: [], logger, pollIntervalMs: 20 };
    const countries = await Countries.open(options);
    const of = (): string | null => countries.of({ headers: {}, socket: { remoteAddress: '81.2.69.142' } } as never);
    expect(of()).toBe('GB');
    await writeFile(`${file}.new`, 'no database');
    await rename(`${file}.new`, file);
    await waitFor(() => logged.length > 0);
    expect(of()).toBe('GB');
    await writeFile(`${file}.new`, countryDatabase({ '81.2.69.0/24': 'IE' }));
    await rename(`${file}.new`, file);
    await waitFor(() => of() === 'IE');
    countries.close();
  });

  it('[RT-006] needs a database that can be read: the start says which setting is wrong', async () => {
    const absent = path.join(folder.path, 'absent.mmdb');
    await expect(countryOf({ database: absent }, PROXY)).rejects.toThrow(/GEOIP_DATABASE: .* correct the path/);
  });
});
