import { PeriodicJob, type BackgroundJob, type ServiceContext, type ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ResponsesRpc } from './adapters/bus/responses.rpc.js';
import { TasksRpc } from './adapters/bus/tasks.rpc.js';
import { OpenAiModels } from './adapters/gateway/openai.models.js';
import { TaskRunnerJob } from './adapters/jobs/task-runner.job.js';
import { PostgresResponseStore } from './adapters/postgres/response.store.js';
import { PostgresTaskQueue } from './adapters/postgres/task.queue.js';
import { PostgresTaskRepository } from './adapters/postgres/task.repository.js';
import { GetTask } from './application/get-task.js';
import { KeepResponses } from './application/responses/keep-responses.js';
import { RunTask } from './application/run-task.js';
import { SubmitTask } from './application/submit-task.js';
import { loadAgentsConfig, type AgentsConfig } from './config.js';

/** The only wiring of the service. */
@Module({})
export class AgentsModule {
  static register(context: ServiceContext): ServiceParts {
    const { clock, ids, logger, database, secretBox: seal } = context;
    const config = loadAgentsConfig(context.environment);
    const tasks = new PostgresTaskRepository(database);
    const queue = new PostgresTaskQueue(database);
    const models = new OpenAiModels({
      gatewayUrl: config.AO_GATEWAY_URL,
      timeoutMs: config.AGENTS_RUN_TIMEOUT_MS,
      retriesMax: config.AGENTS_CALL_RETRIES_MAX,
    });
    const runner = new TaskRunnerJob({
      queue,
      runTask: new RunTask({ queue, models, seal, clock, logger }),
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
    const responses = responsesPart(context, config);
    const module: DynamicModule = {
      module: AgentsModule,
      controllers: [TasksRpc, ResponsesRpc],
      providers: [
        { provide: SubmitTask, useValue: submitTask },
        { provide: GetTask, useValue: new GetTask(tasks) },
        ...responses.providers,
      ],
    };
    return { module, jobs: [runner, ...responses.jobs] };
  }
}

/** Stored responses. */
function responsesPart(
  { clock, logger, database }: ServiceContext,
  config: AgentsConfig,
): { providers: Provider[]; jobs: BackgroundJob[] } {
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
