import { confirmClaim, isUniqueViolation, prismaAdapter, type Database } from '@ao/database';
import type { IdempotencyScope, NewTask, TaskRepository } from '../../application/ports.js';
import type { Task } from '../../domain/task.js';
import { PrismaClient } from './generated/client.js';
import { toTask } from './rows.js';

export class PostgresTaskRepository implements TaskRepository {
  private readonly prisma: PrismaClient;

  constructor(database: Database) {
    this.prisma = new PrismaClient({ adapter: prismaAdapter(database) });
  }

  async insert(task: NewTask, idempotency: IdempotencyScope | null): Promise<boolean> {
    const { createdAtMs, startedAtMs: _startedAtMs, finishedAtMs: _finishedAtMs, ...fields } = task;
    const data = { ...fields, createdAt: new Date(createdAtMs) };
    try {
      await this.prisma.$transaction(async (prisma) => {
        if (idempotency) {
          const { sinceMs, ...scope } = idempotency;
          const where = { ...scope, createdAt: { lte: new Date(sinceMs) } };
          await prisma.task.updateMany({ where, data: { idempotencyKey: null } });
        }
        await prisma.task.create({ data });
        await confirmClaim(prisma);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async findReplay({ sinceMs, ...scope }: IdempotencyScope): Promise<{ task: Task; requestHash: string } | null> {
    const row = await this.prisma.task.findFirst({ where: { ...scope, createdAt: { gt: new Date(sinceMs) } } });
    return row && { task: toTask(row), requestHash: row.requestHash };
  }

  async find(orgId: string, taskId: string): Promise<Task | null> {
    const row = await this.prisma.task.findFirst({ where: { orgId, id: taskId } });
    return row && toTask(row);
  }

  countOpen(orgId: string): Promise<number> {
    return this.prisma.task.count({ where: { orgId, status: { in: ['pending', 'running'] } } });
  }
}
