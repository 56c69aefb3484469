import 'reflect-metadata';
import { AppError, nanoUsd } from '@ao/kernel';
import { Controller, Injectable, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload, type MicroserviceOptions } from '@nestjs/microservices';
import type { Bus, EventEnvelope, MessageContext } from '../bus.js';
import { CollectingLogger, eventually, newContracts } from './test-tools.suite.js';
import { BusStrategy, RethrowFilter } from '../nest/bus.strategy.js';
import { Consumes, Responds } from '../nest/decorators.js';

const contracts = newContracts();
type Money = { id: string; costNanoUsd: bigint };

@Injectable()
class Ledger {
  readonly posted: string[] = [];
  readonly audited: string[] = [];
  failures = 0;
}

@Controller()
class LedgerController {
  constructor(private readonly ledger: Ledger) {}

  @Responds(contracts.rpc)
  double(@Payload() { id, costNanoUsd }: Money, @Ctx() { requestId }: MessageContext) {
    if (id === 'poor') throw new AppError('wallet_exhausted', 'Top up.', { param: 'wallet_id' });
    return { id: `${id} for ${requestId}`, costNanoUsd: nanoUsd(costNanoUsd * 2n) };
  }

  @Consumes(contracts.event, { kind: 'durable', name: 'ledger', batchSizeMax: 10, batchWaitMs: 50 })
  async post(events: EventEnvelope<Money>[]): Promise<void> {
    if (this.ledger.failures-- > 0) throw new Error('database away');
    this.ledger.posted.push(...events.map(({ id }) => id));
  }

  @Consumes(contracts.event, { kind: 'durable', name: 'audit' })
  audit([event]: [EventEnvelope<Money>]): void {
    this.ledger.audited.push(event.id);
  }
}

@Module({ controllers: [LedgerController], providers: [Ledger] })
class LedgerModule {}

/** A real Nest microservice over a bus: its handlers, its dependency injection, its errors. */
export function describeNestService(name: string, openBus: (logger: CollectingLogger) => Promise<Bus>): void {
  describe(`a Nest service on ${name}`, () => {
    let bus: Bus;
    let logger: CollectingLogger;
    let service: INestMicroservice;
    let ledger: Ledger;

    beforeEach(async () => {
      logger = new CollectingLogger();
      bus = await openBus(logger);
      service = await NestFactory.createMicroservice<MicroserviceOptions>(LedgerModule, {
        strategy: new BusStrategy(bus),
        logger: false,
      });
      service.useGlobalFilters(new RethrowFilter());
      await service.listen();
      ledger = service.get(Ledger);
    });
    afterEach(async () => {
      await service.close();
      await bus.close();
    });

    const publish = (id: string) =>
      bus.publish(contracts.event, {
        id: `${name} ${id}`,
        occurredAt: '2026-01-02T03:04:05Z',
        payload: { id, costNanoUsd: nanoUsd(1n) },
      });

    it('answers with @Responds, which sees the request and its context', async () => {
      const answer = await bus.request(contracts.rpc, { id: 'a', costNanoUsd: nanoUsd(4n) }, { requestId: 'req_1' });
      expect(answer).toEqual({ id: 'a for req_1', costNanoUsd: nanoUsd(8n) });
    });

    it('lets a refusal through RethrowFilter with its code', async () => {
      const asked = bus.request(contracts.rpc, { id: 'poor', costNanoUsd: nanoUsd(4n) });
      await expect(asked).rejects.toMatchObject({ code: 'wallet_exhausted', message: 'Top up.', param: 'wallet_id' });
    });

    it('gives each @Consumes of one contract every event once', async () => {
      await Promise.all(['x', 'y'].map(publish));
      const both = [`${name} x`, `${name} y`];
      await eventually(() => expect([ledger.posted.toSorted(), ledger.audited.toSorted()]).toEqual([both, both]));
    });

    it('tries events again when a handler failed', async () => {
      ledger.failures = 2;
      await publish('again');
      await eventually(() => expect(ledger.posted).toEqual([`${name} again`]));
      expect(ledger.audited).toEqual([`${name} again`]);
      expect(logger.warnings.length).toBeGreaterThanOrEqual(2);
    });

    it('leaves the bus when it is closed', async () => {
      await service.close();
      const asked = bus.request(contracts.rpc, { id: 'a', costNanoUsd: nanoUsd(4n) });
      await expect(asked).rejects.toMatchObject({ code: 'backend_unavailable' });
    });
  });
}
