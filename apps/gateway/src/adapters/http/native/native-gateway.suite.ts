import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  acquireLeasesV1,
  authenticateKeyV1,
  pricesSnapshot,
  routingTableSnapshot,
  syncLeasesV1,
  usageReportedV1,
  type Principal,
  type UsageReport,
} from '@ao/contracts';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { hashKey } from '@ao/runtime';
import { freePort, temporaryFolder, waitFor } from '@ao/testing';
import { startGateway } from '../../../index.js';

export const KEYS = {
  alice: 'sk-ao-the-key-of-alice',
  viewer: 'sk-ao-the-key-of-a-viewer',
  stranger: 'sk-ao-the-key-of-another-organisation',
  busy: 'sk-ao-the-key-with-one-call-at-once',
};
export const SERVER_KEY = 'the-key-of-the-server';

const pepper = Buffer.alloc(32, 7);
const example = authenticateKeyV1.response.decode(authenticateKeyV1.example.response).principal!;
const alice: Principal = {
  ...example,
  orgId: 'org_1',
  keyId: 'key_alice',
  role: 'member',
  walletId: 'wal_1',
  models: null,
};
const open = { requestsPerMinuteMax: null, tokensPerMinuteMax: null, concurrencyMax: null, expiresAtMs: null };
const PRINCIPALS: Record<keyof typeof KEYS, Principal> = {
  alice: { ...alice, ...open },
  viewer: { ...alice, ...open, keyId: 'key_viewer', role: 'viewer' },
  stranger: { ...alice, ...open, keyId: 'key_stranger', orgId: 'org_2', walletId: 'wal_2' },
  busy: { ...alice, ...open, keyId: 'key_busy', concurrencyMax: 1 },
};

interface ProviderOf {
  kind: string;
  baseUrl: string;
  /** Default: the kind. */
  name?: string;
  /** Absent: it serves all organisations. */
  orgId?: string;
}

type Prices = { model: string; provider?: string; inputPico?: string; outputPico?: string; perCallPico?: string }[];

/** The gateway with, on the bus, the sides of identity, wallet, routing and metering by their contracts. */
export async function startNativeGateway(environment: NodeJS.ProcessEnv = {}) {
  const bus = new MemoryBus(silentLogger);
  const secretBox = new SecretBox(Buffer.alloc(32, 1));
  const folder = await temporaryFolder();
  const reports: UsageReport[] = [];
  const money = { nanoUsd: 1_000_000_000_000n };
  let version = 0;
  await bus.respond(authenticateKeyV1, ({ keyHash }) => {
    const found = Object.entries(KEYS).find(([, key]) => hashKey(key, pepper) === keyHash);
    return { principal: found ? PRINCIPALS[found[0] as keyof typeof KEYS] : null };
  });
  await bus.respond(acquireLeasesV1, ({ walletId, amountMin, acquisitionId }) => {
    const granted = amountMin;
    if (granted > money.nanoUsd) {
      const shortfall = granted;
      return {
        kind: 'refused' as const,
        reason: 'exhausted' as const,
        walletId,
        walletName: 'w',
        shortfall,
        scoped: false,
      };
    }
    money.nanoUsd = (money.nanoUsd - granted) as never;
    const lease = { leaseId: acquisitionId, walletId, granted, expiresAtMs: Date.now() + 60_000, periodEndsAtMs: null };
    return {
      kind: 'granted' as const,
      path: [{ walletId, name: 'w', unlimited: false, costCenter: null }],
      leases: [lease],
    };
  });
  await bus.respond(syncLeasesV1, () => syncLeasesV1.response.decode(syncLeasesV1.example.response));
  await bus.subscribe(usageReportedV1, { kind: 'durable', name: 'test', batchSizeMax: 10 }, (events) => {
    reports.push(...events.map(({ payload }) => payload as UsageReport));
  });
  const port = await freePort();
  const gateway = await startGateway({
    bus,
    logger: silentLogger,
    clock: systemClock,
    ids: new UuidV7Generator(),
    secretBox,
    keyValue: openMemoryKeyValue(),
    keyPepper: pepper,
    dataDirectory: folder.path,
    environment: { PORT: String(port), OPENAI_PASSTHROUGH_ENABLED: 'false', ...environment },
    shutdownTimeoutMs: 500,
    version: '0.0.0',
  });
  return {
    url: `http://127.0.0.1:${port}`,
    reports,
    money,
    async serve(providers: ProviderOf[], prices: Prices): Promise<void> {
      version += 1;
      const routed = providers.map(({ kind, baseUrl, name = kind }) => ({
        id: `prv_${name}`,
        name,
        kind,
        vendor: kind,
        baseUrl,
        sealedKey: secretBox.seal(SERVER_KEY),
        timeouts: {},
      }));
      const deployments = providers.map(({ kind, name = kind, orgId = null }) => ({
        id: `dep_${name}`,
        orgId,
        modelGroup: `group-${name}`,
        providerId: `prv_${name}`,
        model: 'm',
        source: 'config' as const,
      }));
      await bus.putSnapshot(
        routingTableSnapshot,
        routingTableSnapshot.value.parse({ version, providers: routed, deployments, aliases: [] }) as never,
      );
      const rows = prices.map((price, index) => ({
        id: `prc_${version}_${index}`,
        effectiveFromMs: 0,
        inputPico: '0',
        outputPico: '0',
        source: 'api',
        ...price,
      }));
      await bus.putSnapshot(pricesSnapshot, pricesSnapshot.value.parse({ version, prices: rows }) as never);
    },
    /** The report of a call that was answered with `response`. */
    async report(response: Response): Promise<UsageReport> {
      const id = response.headers.get('x-ao-request-id');
      await waitFor(() => reports.some(({ requestId }) => requestId === id));
      return reports.find(({ requestId }) => requestId === id)!;
    },
    async stop(): Promise<void> {
      await gateway.stop();
      await bus.close();
      await folder.remove();
    },
  };
}
