import type { getTaskV1, RequestOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { mayRead, type Task } from '../domain/task.js';
import type { TaskRepository } from './ports.js';

/** Shows a task to its owner or to an admin of its organisation. */
export class GetTask {
  constructor(private readonly tasks: TaskRepository) {}

  /** @throws AppError `not_found`, also for a task of others: its existence is theirs too. */
  async execute({ actor, taskId }: RequestOf<typeof getTaskV1>): Promise<Task> {
    const task = await this.tasks.find(actor.orgId, taskId);
    if (task && mayRead(task, actor)) return task;
    throw new AppError('not_found', `There is no task ${taskId}.`, { param: 'id' });
  }
}
