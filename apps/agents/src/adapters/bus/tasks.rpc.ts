import { Responds } from '@ao/bus';
import { getTaskV1, submitTaskV1, type RequestOf, type ResponseOf, type Task as TaskMessage } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { GetTask } from '../../application/get-task.js';
import { SubmitTask } from '../../application/submit-task.js';
import type { Task } from '../../domain/task.js';

@Controller()
export class TasksRpc {
  constructor(
    private readonly submitTask: SubmitTask,
    private readonly getTask: GetTask,
  ) {}

  @Responds(submitTaskV1)
  async submit(request: RequestOf<typeof submitTaskV1>): Promise<ResponseOf<typeof submitTaskV1>> {
    return { task: toMessage(await this.submitTask.execute(request)) };
  }

  @Responds(getTaskV1)
  async get(request: RequestOf<typeof getTaskV1>): Promise<ResponseOf<typeof getTaskV1>> {
    return { task: toMessage(await this.getTask.execute(request)) };
  }
}

function toMessage({ keyId: _keyId, createdAtMs, startedAtMs, finishedAtMs, ...task }: Task): TaskMessage {
  return {
    ...task,
    createdAt: new Date(createdAtMs).toISOString(),
    startedAt: toTimestamp(startedAtMs),
    finishedAt: toTimestamp(finishedAtMs),
  };
}

const toTimestamp = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());
