import { runProcess } from '@ao/runtime';
import { environment } from './config.js';
import { describe, startStandalone } from './start-standalone.js';

await runProcess(async () => {
  const standalone = await startStandalone(environment());
  process.stdout.write(describe(standalone, environment()));
  return standalone;
});
