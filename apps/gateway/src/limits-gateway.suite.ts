import { MemoryBus, type Bus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  authenticateKeyV1,
  getOrganisationV1,
  limitsSnapshot,
  pricesSnapshot,
  principalExample,
  routingTableSnapshot,
  type Principal,
  type ValueOf,
} from '@ao/contracts';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { hashKey } from '@ao/runtime';
import { freePort, temporaryFolder, waitFor } from '@ao/testing';
import { startGateway } from './index.js';

const pepper = Buffer.alloc(32, 7);

/** A bus in memory has one who answers a question, where over NATS gateways take turns: here the first of them does. */
function besideOthers(bus: Bus, answered: Set<string>): Bus {
  const respond: Bus['respond'] = async (contract, handler) => {
    if (answered.has(contract.subject)) return { stop: async () => undefined };
    answered.add(contract.subject);
    return bus.respond(contract, handler);
  };
  return Object.create(bus, { respond: { value: respond } }) as Bus;
}

/** Gateways on one bus, with the sides of identity and routing by their contracts, and a provider that costs nothing. */
export class LimitedGateways {
  readonly bus = new MemoryBus(silentLogger);
  /** How often identity was asked for a key. */
  lookups = 0;
  private readonly secretBox = new SecretBox(Buffer.alloc(32, 1));
  private readonly keys = new Map<string, Partial<Principal>>();
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(readonly provider: Simulator) {}

  static async open(): Promise<LimitedGateways> {
    const gateways = new LimitedGateways(await startSimulator());
    await gateways.answer();
    return gateways;
  }

  private readonly answered = new Set<string>();

  /** A key that identity knows. */
  issue(principal: Partial<Principal>): string {
    const key = `sk-ao-${principal.keyId}-of-the-limits-test`;
    this.keys.set(hashKey(key, pepper), principal);
    return key;
  }

  publish(limits: ValueOf<typeof limitsSnapshot>['limits']): Promise<void> {
    return this.bus.putSnapshot(limitsSnapshot, { version: Date.now(), limits });
  }

  /** @returns where it listens. */
  async start(keyValue: KeyValue, environment: NodeJS.ProcessEnv = {}): Promise<string> {
    const [port, folder] = [await freePort(), await temporaryFolder()];
    const gateway = await startGateway({
      bus: besideOthers(this.bus, this.answered),
      logger: silentLogger,
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox: this.secretBox,
      keyValue,
      keyPepper: pepper,
      dataDirectory: folder.path,
      environment: { PORT: String(port), OPENAI_PASSTHROUGH_ENABLED: 'false', ...environment },
      shutdownTimeoutMs: 500,
      version: '0.0.0',
    });
    this.closing.push(() => gateway.stop().then(() => folder.remove()));
    const url = `http://127.0.0.1:${port}`;
    await waitFor(
      async () => (await fetch(`${url}/v1/models`, { headers: bearer(this.issue({ keyId: 'probe' })) })).ok,
    );
    return url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.closing.map((close) => close()));
    await Promise.all([this.bus.close(), this.provider.stop()]);
  }

  private async answer(): Promise<void> {
    const free = { ...principalExample, walletId: null };
    await this.bus.respond(authenticateKeyV1, ({ keyHash }) => {
      this.lookups += 1;
      const found = this.keys.get(keyHash);
      const principal = found ? { ...free, ...found } : null;
      return authenticateKeyV1.response.parse({ principal }) as never;
    });
    await this.bus.respond(getOrganisationV1, () =>
      getOrganisationV1.response.parse(getOrganisationV1.example.response),
    );
    const table = {
      version: 1,
      providers: [
        {
          id: 'prv_1',
          name: 'simulated',
          kind: 'openai',
          baseUrl: `${this.provider.url}/v1`,
          sealedKey: this.secretBox.seal('key'),
          timeouts: {},
        },
      ],
      deployments: [{ id: 'dep_1', modelGroup: 'chat', providerId: 'prv_1', model: 'm', source: 'config' }],
      aliases: [],
    };
    await this.bus.putSnapshot(routingTableSnapshot, routingTableSnapshot.value.parse(table));
    const price = {
      id: 'prc_1',
      model: 'm',
      effectiveFromMs: 0,
      inputPico: '0',
      outputPico: '0',
      free: true,
      source: 'api',
    };
    await this.bus.putSnapshot(pricesSnapshot, pricesSnapshot.value.decode({ version: 1, prices: [price] }));
  }
}

export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const messages = [{ role: 'user', content: 'Why is the sky blue?' }];

/** A chat call; without a key where none is given. */
export function chat(
  url: string,
  key: string | null,
  { headers = {}, ...body }: { headers?: Record<string, string>; signal?: AbortSignal } & Record<string, unknown> = {},
): Promise<Response> {
  const { signal, ...rest } = body;
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== null && bearer(key)), ...headers },
    body: JSON.stringify({ model: 'chat', messages, max_tokens: 10, ...rest }),
    ...(signal instanceof AbortSignal && { signal }),
  });
}
