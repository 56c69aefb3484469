// Outlives the test process by a moment: when its standard input ends, however that happened, it kills the servers and
// removes the folders it was told about. Lines: "+pid N", "-pid N", "+folder PATH", "-folder PATH".
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const KILL_AFTER_MS = 3_000;
const REMOVE_RETRIES_MAX = 5;
const held = { pid: new Set(), folder: new Set() };

// Signals to a terminal's process group are for the tests; what ends us is the end of our input.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, kind, value] = /^([+-])(pid|folder) (.+)$/.exec(line);
  if (sign === '+') held[kind].add(value);
  else held[kind].delete(value);
}

const signalAll = (signal) => {
  for (const pid of held.pid) {
    try {
      process.kill(Number(pid), signal);
    } catch {
      held.pid.delete(pid);
    }
  }
};
signalAll('SIGINT');
for (const startedMs = Date.now(); held.pid.size > 0 && Date.now() - startedMs < KILL_AFTER_MS; await sleep(50))
  signalAll(0);
signalAll('SIGKILL');
for (const folder of held.folder) rmSync(folder, { recursive: true, force: true, maxRetries: REMOVE_RETRIES_MAX });
