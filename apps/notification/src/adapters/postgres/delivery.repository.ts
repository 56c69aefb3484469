import type { DeliveryRepository, DeliveryRow, PageOf } from '../../application/ports.js';
import type { DeliveryStatus } from '../../domain/delivery.js';
import { decodeStatus } from './rows.js';
import type { NotificationStore } from './store.js';

export class PostgresDeliveryRepository implements DeliveryRepository {
  constructor(private readonly store: NotificationStore) {}

  async list(
    orgId: string,
    { limit, after, status }: PageOf & { status: DeliveryStatus | undefined },
  ): Promise<DeliveryRow[]> {
    const rows = await this.store.prisma.delivery.findMany({
      where: { orgId, ...(after !== undefined && { id: { lt: after } }), ...(status && { status }) },
      include: { alert: { select: { type: true, subject: true } } },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map(({ alert, status, nextAttemptAt, createdAt, deliveredAt, ...row }) => ({
      ...row,
      alertType: alert.type,
      subject: alert.subject,
      status: decodeStatus(status),
      nextAttemptAtMs: nextAttemptAt.getTime(),
      createdAtMs: createdAt.getTime(),
      deliveredAtMs: deliveredAt?.getTime() ?? null,
    }));
  }
}
