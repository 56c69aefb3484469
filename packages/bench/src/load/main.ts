import type { LoadJob } from './job.js';
import { runJob } from './run-job.js';

// The load generator's process: a job in, its result out, one at a time; it ends with the process that started it.
process.on('message', (job: LoadJob) => {
  void runJob(job).then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit(0));
process.send!('ready');
