import { createHash } from 'node:crypto';
import type { RequestOf, submitTaskV1 } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import type { Task } from '../domain/task.js';
import { isStorable } from '../domain/task-text.js';
import type { IdempotencyScope, TaskRepository } from './ports.js';

type Request = RequestOf<typeof submitTaskV1>;

export interface SubmitTaskOptions {
  tasks: TaskRepository;
  /** Used where the request names no model. */
  defaultModel: string | undefined;
  openTasksMax: number;
  clock: Clock;
  ids: IdGenerator;
  onSubmitted: () => void;
}

const IDEMPOTENCY_TTL_MS = 86_400_000;

/** Takes a task on; it runs later. The same idempotency key of the same key gives the same task for a day. */
export class SubmitTask {
  constructor(private readonly options: SubmitTaskOptions) {}

  /**
   * @throws AppError `missing_required_parameter` (no model), `invalid_parameter`, `conflict` (idempotency key used for
   * another request), `capacity_exceeded` (too many open tasks).
   */
  async execute(request: Request): Promise<Task> {
    const { tasks, onSubmitted } = this.options;
    const { actor, query, sealedKey } = request;
    const requestHash = hashOf(request);
    const scope = this.idempotencyOf(request);
    const replayed = scope && (await this.replay(scope, requestHash));
    if (replayed) return replayed;
    const model = this.modelOf(request);
    requireStorable({ query, model });
    await this.requireRoom(actor.orgId);
    const task = this.make(request, model);
    const idempotencyKey = scope?.idempotencyKey ?? null;
    if (await tasks.insert({ ...task, sealedKey, idempotencyKey, requestHash }, scope)) {
      onSubmitted();
      return task;
    }
    // Another request with the same idempotency key came in between.
    const winner = scope && (await this.replay(scope, requestHash));
    if (winner) return winner;
    throw new AppError('backend_unavailable', 'The task could not be stored. Send the request again.');
  }

  private async replay(scope: IdempotencyScope, requestHash: string): Promise<Task | null> {
    const found = await this.options.tasks.findReplay(scope);
    if (!found || found.requestHash === requestHash) return found?.task ?? null;
    throw new AppError(
      'conflict',
      'This Idempotency-Key was used for another request within a day. Use a new one for a new request.',
      { param: 'idempotency-key' },
    );
  }

  private idempotencyOf({ actor: { orgId, keyId }, idempotencyKey }: Request): IdempotencyScope | null {
    if (idempotencyKey === undefined) return null;
    requireStorable({ 'idempotency-key': idempotencyKey });
    return { orgId, keyId, idempotencyKey, sinceMs: this.options.clock.nowMs() - IDEMPOTENCY_TTL_MS };
  }

  private modelOf({ model }: Request): string {
    const chosen = model ?? this.options.defaultModel;
    if (chosen !== undefined) return chosen;
    throw new AppError(
      'missing_required_parameter',
      'Name the model in "model", or have the operator set AGENTS_DEFAULT_MODEL.',
      { param: 'model' },
    );
  }

  /** Submissions at the same moment may each find the last place: the limit guards the database, not money. */
  private async requireRoom(orgId: string): Promise<void> {
    const { tasks, openTasksMax } = this.options;
    if ((await tasks.countOpen(orgId)) < openTasksMax) return;
    throw new AppError(
      'capacity_exceeded',
      `The organisation has ${openTasksMax} tasks that are not finished, which is the limit. Wait for some to end.`,
      { retryAfterSeconds: 5 },
    );
  }

  private make({ actor: { orgId, keyId }, query }: Request, model: string): Task {
    return {
      id: this.options.ids.next('task'),
      orgId,
      keyId,
      status: 'pending',
      query,
      model,
      result: null,
      error: null,
      createdAtMs: this.options.clock.nowMs(),
      startedAtMs: null,
      finishedAtMs: null,
    };
  }
}

/** Over what was asked, not over what it became: a new default model does not make a replay another request. */
function hashOf({ query, model }: Request): string {
  return createHash('sha256')
    .update(JSON.stringify([query, model ?? null]))
    .digest('hex');
}

function requireStorable(fields: Record<string, string>): void {
  for (const [param, text] of Object.entries(fields)) {
    if (!isStorable(text))
      throw new AppError('invalid_parameter', `${param}: remove the NUL characters (\\u0000).`, { param });
  }
}
