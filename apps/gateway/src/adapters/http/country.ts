import { unwatchFile, watchFile, type StatsListener } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { StartupError, type Logger } from '@ao/kernel';
import proxyAddress from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Reader, type CountryResponse } from 'mmdb-lib';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the call comes from (ISO 3166, two letters); null: not known. Looked up each time it is read. */
    readonly country: string | null;
  }
}

export interface CountriesOptions {
  /** The header in which a proxy names the country, in lower case. */
  header: string | undefined;
  /** The path of a MaxMind database (.mmdb) that knows countries. */
  database: string | undefined;
  /** Addresses and networks of proxies: from all others the header counts for nothing. */
  trustProxy: string[];
  logger: Logger;
  /** How often to look whether the database was replaced. */
  pollIntervalMs?: number;
}

const POLL_INTERVAL_MS = 60_000;
const COUNTRY = /^[A-Z]{2}$/;
/** In proxies' words: not known. */
const UNKNOWN = 'XX';
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

/** Knows which country a call comes from: by the word of a trusted proxy, else by the address in a database in memory. */
export class Countries {
  private readonly isProxy: (address: string, hop: number) => boolean;
  private readonly onChange: StatsListener = () => void this.reload();

  private constructor(
    private readonly options: CountriesOptions,
    private reader: Reader<CountryResponse> | null,
  ) {
    this.isProxy = proxyAddress.compile(options.trustProxy);
    const { database, pollIntervalMs: interval = POLL_INTERVAL_MS } = options;
    if (database !== undefined) watchFile(database, { interval, persistent: false }, this.onChange);
  }

  /** @throws StartupError when the database cannot be read. */
  static async open(options: CountriesOptions): Promise<Countries> {
    const { database } = options;
    if (database === undefined) return new Countries(options, null);
    try {
      return new Countries(options, await readDatabase(database));
    } catch (cause) {
      const message = `GEOIP_DATABASE: ${database} is no MaxMind database that can be read: correct the path, or unset it`;
      throw new StartupError(message, { cause });
    }
  }

  /** The country of a call; null where nothing is known of it. */
  of(request: IncomingMessage): string | null {
    return this.named(request) ?? this.lookedUp(request);
  }

  close(): void {
    if (this.options.database !== undefined) unwatchFile(this.options.database, this.onChange);
  }

  private named({ socket, headers }: IncomingMessage): string | null {
    const { header } = this.options;
    if (header === undefined || socket.remoteAddress === undefined) return null;
    const value = headers[header];
    if (typeof value !== 'string' || !this.isProxy(socket.remoteAddress, 0)) return null;
    const country = value.trim().toUpperCase();
    return COUNTRY.test(country) && country !== UNKNOWN ? country : null;
  }

  private lookedUp(request: IncomingMessage): string | null {
    if (this.reader === null) return null;
    try {
      const address = proxyAddress(request, this.isProxy);
      return this.reader.get(address.replace(MAPPED_IPV4, ''))?.country?.iso_code ?? null;
    } catch {
      // Such as the address of a Unix socket: no country, and no reason to refuse the call.
      return null;
    }
  }

  private async reload(): Promise<void> {
    const { database, logger } = this.options;
    if (database === undefined) return;
    try {
      this.reader = await readDatabase(database);
      logger.info({ database }, 'the database of countries was read again');
    } catch (error) {
      logger.warn({ err: error, database }, 'the database of countries cannot be read; the last one stays in use');
    }
  }
}

const readDatabase = async (path: string): Promise<Reader<CountryResponse>> =>
  new Reader<CountryResponse>(await readFile(path));

/** Gives every request its `country`. */
export function registerCountries(server: FastifyInstance, countries: Countries): void {
  server.decorateRequest('country', {
    getter(this: FastifyRequest) {
      return countries.of(this.raw);
    },
  });
}
