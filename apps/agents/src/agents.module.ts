import { PeriodicJob, type BackgroundJob, type ServiceContext, type ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { BatchesRpc } from './adapters/bus/batches.rpc.js';
import { ChargesClient } from './adapters/bus/charges.client.js';
import { FilesRpc } from './adapters/bus/files.rpc.js';
import { ResponsesRpc } from './adapters/bus/responses.rpc.js';
import { TasksRpc } from './adapters/bus/tasks.rpc.js';
import { HttpLineCalls } from './adapters/gateway/http.line-calls.js';
import { OpenAiModels } from './adapters/gateway/openai.models.js';
import { LeaseRunnerJob } from './adapters/jobs/lease-runner.job.js';
import { PostgresBatchQueue } from './adapters/postgres/batch.queue.js';
import { PostgresBatchStore } from './adapters/postgres/batch.store.js';
import { PostgresFileStore } from './adapters/postgres/file.store.js';
import { PostgresResponseStore } from './adapters/postgres/response.store.js';
import { PostgresTaskQueue } from './adapters/postgres/task.queue.js';
import { PostgresTaskRepository } from './adapters/postgres/task.repository.js';
import { CreateBatch } from './application/batches/create-batch.js';
import { FindBatches } from './application/batches/find-batches.js';
import { Places } from './application/batches/places.js';
import { RunBatch } from './application/batches/run-batch.js';
import { RunLine } from './application/batches/run-line.js';
import { RunLines } from './application/batches/run-lines.js';
import { ValidateBatch } from './application/batches/validate-batch.js';
import { WriteResults } from './application/batches/write-results.js';
import { FileContents } from './application/files/file-contents.js';
import { FindFiles } from './application/files/find-files.js';
import { Sweep } from './application/files/sweep.js';
import { UploadFile } from './application/files/upload-file.js';
import { GetTask } from './application/get-task.js';
import { KeepResponses } from './application/responses/keep-responses.js';
import { RunTask } from './application/run-task.js';
import { SubmitTask } from './application/submit-task.js';
import { loadAgentsConfig, type AgentsConfig } from './config.js';

interface Part {
  providers: Provider[];
  jobs: BackgroundJob[];
}

/** A batch under way costs little: what counts are its calls, which have a limit of their own. */
const BATCHES_MAX = 100;

/** The only wiring of the service. */
@Module({})
export class AgentsModule {
  static register(context: ServiceContext): ServiceParts {
    const config = loadAgentsConfig(context.environment);
    const tasks = tasksPart(context, config);
    const batches = filesAndBatchesPart(context, config);
    const responses = responsesPart(context, config);
    const module: DynamicModule = {
      module: AgentsModule,
      controllers: [TasksRpc, FilesRpc, BatchesRpc, ResponsesRpc],
      providers: [...tasks.providers, ...batches.providers, ...responses.providers],
    };
    return { module, jobs: [...tasks.jobs, ...batches.jobs, ...responses.jobs] };
  }
}

function tasksPart({ clock, ids, logger, database, secretBox: seal }: ServiceContext, config: AgentsConfig): Part {
  const tasks = new PostgresTaskRepository(database);
  const queue = new PostgresTaskQueue(database);
  const models = new OpenAiModels({
    gatewayUrl: config.AO_GATEWAY_URL,
    timeoutMs: config.AGENTS_RUN_TIMEOUT_MS,
    retriesMax: config.AGENTS_CALL_RETRIES_MAX,
  });
  const runTask = new RunTask({ queue, models, seal, clock, logger });
  const runner = new LeaseRunnerJob({
    what: 'tasks',
    queue,
    execute: (run, { cutOff }) => runTask.execute(run, cutOff),
    concurrencyMax: config.AGENTS_CONCURRENCY_MAX,
    leaseMs: config.AGENTS_LEASE_MS,
    pollMs: config.AGENTS_POLL_MS,
    stopTimeoutMs: config.SHUTDOWN_TIMEOUT_MS,
    clock,
    logger,
  });
  const submitTask = new SubmitTask({
    tasks,
    defaultModel: config.AGENTS_DEFAULT_MODEL,
    openTasksMax: config.AGENTS_OPEN_TASKS_PER_ORGANISATION_MAX,
    clock,
    ids,
    onSubmitted: () => runner.wake(),
  });
  return {
    providers: [
      { provide: SubmitTask, useValue: submitTask },
      { provide: GetTask, useValue: new GetTask(tasks) },
    ],
    jobs: [runner],
  };
}

function filesAndBatchesPart(context: ServiceContext, config: AgentsConfig): Part {
  const { clock, ids, logger, database, secretBox: seal } = context;
  const files = new PostgresFileStore(database);
  const batches = new PostgresBatchStore(database);
  const contents = new FileContents(files, seal);
  const retentionDays = config.AGENTS_FILE_RETENTION_DAYS;
  const runner = batchRunner(context, config, { files, contents });
  const limits = {
    fileBytesMax: config.AGENTS_FILE_BYTES_MAX,
    organisationBytesMax: config.AGENTS_ORGANISATION_FILE_BYTES_MAX,
    organisationFilesMax: config.AGENTS_ORGANISATION_FILES_MAX,
  };
  const createBatch = new CreateBatch({
    batches,
    files,
    openBatchesMax: config.AGENTS_OPEN_BATCHES_PER_ORGANISATION_MAX,
    clock,
    ids,
    onCreated: () => runner.wake(),
  });
  const sweep = new Sweep(files, batches, { retentionDays, clock });
  const sweeper = new PeriodicJob({
    name: 'sweep of files and batches',
    everyMs: config.AGENTS_FILE_SWEEP_INTERVAL_MS,
    run: (signal) => sweep.execute(signal),
    logger,
  });
  const uploadFile = new UploadFile({ files, contents, limits, retentionDays, clock, ids });
  return {
    providers: [
      { provide: UploadFile, useValue: uploadFile },
      { provide: FindFiles, useValue: new FindFiles(files, contents, clock) },
      { provide: CreateBatch, useValue: createBatch },
      { provide: FindBatches, useValue: new FindBatches(batches, clock) },
    ],
    jobs: [runner, sweeper],
  };
}

function batchRunner(
  { bus, clock, ids, logger, database, secretBox: seal }: ServiceContext,
  config: AgentsConfig,
  { files, contents }: { files: PostgresFileStore; contents: FileContents },
) {
  const queue = new PostgresBatchQueue(database);
  const settleMs = config.AGENTS_LEASE_MS;
  const calls = new HttpLineCalls({ gatewayUrl: config.AO_GATEWAY_URL, timeoutMs: config.AGENTS_RUN_TIMEOUT_MS });
  const runLine = new RunLine({ calls, charges: new ChargesClient(bus), seal, settleMs, logger });
  const runBatch = new RunBatch({
    queue,
    validateBatch: new ValidateBatch({ queue, contents, seal, linesMax: config.AGENTS_BATCH_LINES_MAX, clock }),
    runLines: new RunLines({
      queue,
      runLine,
      seal,
      places: new Places(config.AGENTS_BATCH_CALLS_MAX),
      concurrencyMax: config.AGENTS_BATCH_CONCURRENCY_MAX,
      settleMs,
      pollMs: config.AGENTS_POLL_MS,
      clock,
      logger,
    }),
    writeResults: new WriteResults({
      queue,
      files,
      contents,
      seal,
      retentionDays: config.AGENTS_FILE_RETENTION_DAYS,
      clock,
      ids,
    }),
    seal,
    clock,
    logger,
  });
  return new LeaseRunnerJob({
    what: 'batches',
    queue,
    execute: (run, signals) => runBatch.execute(run, signals),
    concurrencyMax: BATCHES_MAX,
    leaseMs: config.AGENTS_LEASE_MS,
    pollMs: config.AGENTS_POLL_MS,
    stopTimeoutMs: config.SHUTDOWN_TIMEOUT_MS,
    clock,
    logger,
  });
}

/** Stored responses. */
function responsesPart({ clock, logger, database }: ServiceContext, config: AgentsConfig): Part {
  const responses = new KeepResponses(new PostgresResponseStore(database), {
    retentionDays: config.AGENTS_RESPONSE_RETENTION_DAYS,
    organisationBytesMax: config.AGENTS_ORGANISATION_RESPONSE_BYTES_MAX,
    clock,
  });
  const sweeper = new PeriodicJob({
    name: 'sweep of stored responses',
    everyMs: config.AGENTS_RESPONSE_SWEEP_INTERVAL_MS,
    run: (signal) => responses.sweep(signal),
    logger,
  });
  return { providers: [{ provide: KeepResponses, useValue: responses }], jobs: [sweeper] };
}
