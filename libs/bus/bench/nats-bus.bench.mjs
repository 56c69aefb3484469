// How fast NatsBus is against a NATS server: `pnpm exec tsc -b libs/bus && node libs/bus/bench/nats-bus.bench.mjs nats://127.0.0.1:4222`.
import { performance } from 'node:perf_hooks';
import { usageReportedV1 } from '@ao/contracts';
import { silentLogger } from '@ao/kernel';
import { z } from 'zod';
import { connectNatsBus } from '../dist/index.js';

const REQUESTS = 50_000;
const EVENTS = 100_000;
const BATCH_SIZE_MAX = 500;
const url = process.argv[2] ?? 'nats://127.0.0.1:4222';

const open = (name) => connectNatsBus({ url, name, logger: silentLogger });
const [owner, caller] = [await open('bench-owner'), await open('bench-caller')];
const unique = `bench-${Date.now()}`;

await measure(`requests, 64 in flight`, REQUESTS, async () => {
  const shape = z.object({ id: z.string(), costNanoUsd: z.string() });
  const rpc = { kind: 'rpc', subject: `rpc.wallet.${unique}.v1`, owner: 'wallet', deadlineMs: 5_000 };
  const contract = { ...rpc, request: shape, response: shape };
  await owner.respond(contract, (request) => request);
  await inParallel(64, REQUESTS, (index) => caller.request(contract, { id: `q${index}`, costNanoUsd: '1250000' }));
});

const event = { ...usageReportedV1, subject: `evt.gateway.${unique}.v1` };
const payload = z.decode(event.payload, event.example);
await measure(`events published and acknowledged, 256 in flight`, EVENTS, () =>
  inParallel(256, EVENTS, (index) =>
    caller.publish(event, { id: `e${index}`, occurredAt: '2026-01-02T03:04:05Z', payload }),
  ),
);

for (const batchSizeMax of [BATCH_SIZE_MAX, 1]) {
  await measure(`events consumed, batches of ${batchSizeMax}`, EVENTS, async () => {
    let seen = 0;
    let batches = 0;
    let subscription;
    await new Promise((resolve, reject) => {
      const delivery = { kind: 'durable', name: `of-${batchSizeMax}`, batchSizeMax, batchWaitMs: 5 };
      const handle = (events) => {
        batches += 1;
        seen += events.length;
        if (seen >= EVENTS) resolve();
      };
      owner.subscribe(event, delivery, handle).then((made) => (subscription = made), reject);
    });
    await subscription.stop();
    return `${batches} batches`;
  });
}

await Promise.all([owner.close(), caller.close()]);

async function measure(title, count, work) {
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const note = await work();
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = Math.round(count / (tookMs / 1_000)).toLocaleString('en');
  console.log(`${title}: ${perSecond}/s (${Math.round((user + system) / tookMs / 10)}% of a core)`, note ?? '');
}

async function inParallel(width, count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
