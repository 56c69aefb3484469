import type { ServiceContext, ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { TasksRpc } from './adapters/bus/tasks.rpc.js';
import { OpenAiModels } from './adapters/gateway/openai.models.js';
import { TaskRunnerJob } from './adapters/jobs/task-runner.job.js';
import { PostgresTaskQueue } from './adapters/postgres/task.queue.js';
import { PostgresTaskRepository } from './adapters/postgres/task.repository.js';
import { GetTask } from './application/get-task.js';
import { RunTask } from './application/run-task.js';
import { SubmitTask } from './application/submit-task.js';
import { loadAgentsConfig } from './config.js';

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
    const module: DynamicModule = {
      module: AgentsModule,
      controllers: [TasksRpc],
      providers: [
        { provide: SubmitTask, useValue: submitTask },
        { provide: GetTask, useValue: new GetTask(tasks) },
      ],
    };
    return { module, jobs: [runner] };
  }
}
