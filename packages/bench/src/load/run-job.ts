import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool, type Dispatcher } from 'undici';
import { Exchange } from './exchange.js';
import type { LoadJob, LoadResult } from './job.js';
import { Tally } from './tally.js';

/** More than are ever needed at once; a target so slow that they run out fails its requests by time. */
const OPEN_CONNECTIONS_MAX = 1_024;
const ANSWER_DEADLINE_MS = 20_000;

/** Sends the requests of a job and waits for their answers. */
export async function runJob(job: LoadJob): Promise<LoadResult> {
  const tally = new Tally();
  const startedAtMs = performance.now();
  const { pace } = job;
  if (pace.kind === 'closed') {
    await Promise.all(Array.from({ length: pace.connections }, () => keepBusy(job, tally, startedAtMs)));
  } else {
    await sendAtRate(job, pace.requestsPerSecond, tally, startedAtMs);
  }
  return tally.result(performance.now() - startedAtMs);
}

/** One connection, one request at a time. */
async function keepBusy(job: LoadJob, tally: Tally, startedAtMs: number): Promise<void> {
  const client = new Client(job.origin, limits());
  const { options, ending } = requestOf(job);
  await new Promise<void>((resolve) => {
    const next = (): void => {
      const nowMs = performance.now();
      // One failure fails the run: there is nothing to be gained from the rest.
      if (tally.hasFailed || nowMs - startedAtMs >= job.durationMs) resolve();
      else client.dispatch(options, new Exchange(nowMs, ending, tally, next));
    };
    next();
  });
  await client.close();
}

/** Timers of Node are no finer than this; what a request waits for its tick is part of its latency, on both sides. */
const TICK_MS = 1;

async function sendAtRate(job: LoadJob, requestsPerSecond: number, tally: Tally, startedAtMs: number): Promise<void> {
  const pool = new Pool(job.origin, { ...limits(), connections: OPEN_CONNECTIONS_MAX });
  const { options, ending } = requestOf(job);
  const answers: Promise<void>[] = [];
  const total = Math.floor((job.durationMs * requestsPerSecond) / 1_000);
  const dueAtMs = (index: number): number => startedAtMs + (index * 1_000) / requestsPerSecond;
  while (answers.length < total) {
    while (answers.length < total && dueAtMs(answers.length) <= performance.now()) {
      const due = dueAtMs(answers.length);
      answers.push(new Promise((resolve) => pool.dispatch(options, new Exchange(due, ending, tally, resolve))));
    }
    await sleep(TICK_MS);
  }
  await Promise.all(answers);
  await pool.close();
}

function requestOf({ path, headers, body, ending }: LoadJob): { options: Dispatcher.DispatchOptions; ending: Buffer } {
  return { options: { method: 'POST', path, headers, body: Buffer.from(body) }, ending: Buffer.from(ending) };
}

const limits = (): { pipelining: number; headersTimeout: number; bodyTimeout: number } => ({
  pipelining: 1,
  headersTimeout: ANSWER_DEADLINE_MS,
  bodyTimeout: ANSWER_DEADLINE_MS,
});
