import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, nanoUsd } from '@ao/kernel';
import { Replay, type Bus } from '../bus.js';
import { elapsedMs, errorOf, newContracts, payloadOf, type CollectingLogger } from './test-tools.suite.js';

const refusal = () =>
  new AppError('wallet_exhausted', 'Top up the wallet.', {
    param: 'wallet_id',
    details: { shortfall_usd: '0.5' },
    retryAfterSeconds: 7,
    internal: 'not for outside',
  });

/** What every bus keeps about questions and their answers; `current` gives the one under test. */
export function describeRequests(current: () => { bus: Bus; logger: CollectingLogger }): void {
  describe('requests', () => {
    let bus: Bus;
    let logger: CollectingLogger;
    beforeEach(() => void ({ bus, logger } = current()));

    it('carries a question and its answer, money as exact as it was', async () => {
      const { rpc } = newContracts();
      await bus.respond(rpc, ({ id, costNanoUsd }) => ({ id, costNanoUsd: nanoUsd(costNanoUsd * 3n) }));
      const huge = 123_456_789_012_345_678_901n;
      expect(await bus.request(rpc, payloadOf('a', huge))).toEqual(payloadOf('a', huge * 3n));
    });

    it('[GW-013] tells the handler the id of the request that caused the question', async () => {
      const { rpc } = newContracts();
      const seen: unknown[] = [];
      await bus.respond(rpc, (request, context) => (seen.push(context), request));
      await bus.request(rpc, payloadOf('a'), { requestId: 'req_7' });
      await bus.request(rpc, payloadOf('a'));
      expect(seen).toEqual([
        { subject: rpc.subject, requestId: 'req_7', deliveries: 1 },
        { subject: rpc.subject, requestId: undefined, deliveries: 1 },
      ]);
    });

    it('[WL-011] tells the handler the idempotency key, and the caller whether the answer is a repetition', async () => {
      const { rpc } = newContracts();
      const seen: unknown[] = [];
      await bus.respond(rpc, (request, { idempotency }) => {
        seen.push(idempotency);
        return idempotency?.key === 'again' ? Promise.resolve(new Replay(request)) : request;
      });
      const ask = async (key: string): Promise<boolean> => {
        let replayed = false;
        const onReplay = (): void => void (replayed = true);
        const options = { idempotency: { key, fingerprint: 'f' }, onReplay };
        expect(await bus.request(rpc, payloadOf('a'), options)).toEqual(payloadOf('a'));
        return replayed;
      };
      expect([await ask('first'), await ask('again')]).toEqual([false, true]);
      expect(seen).toEqual(['first', 'again'].map((key) => ({ key, fingerprint: 'f' })));
    });

    it('brings nothing of what its caller runs under to the handler, also in one process', async () => {
      const { rpc } = newContracts();
      const under = new AsyncLocalStorage<string>();
      let seen: string | undefined = 'never asked';
      await bus.respond(rpc, (request) => ((seen = under.getStore()), request));
      await under.run('the caller', () => bus.request(rpc, payloadOf('a')));
      expect(seen).toBeUndefined();
    });

    it('brings a refusal across as the same AppError, without its internal text', async () => {
      const { rpc } = newContracts();
      await bus.respond(rpc, () => Promise.reject(refusal()));
      expect(await errorOf(bus.request(rpc, payloadOf('a')))).toMatchObject({
        name: 'AppError',
        code: 'wallet_exhausted',
        message: 'Top up the wallet.',
        param: 'wallet_id',
        details: { shortfall_usd: '0.5' },
        retryAfterSeconds: 7,
        internal: `refused by ${rpc.subject}`,
      });
      expect(logger.errors).toEqual([]);
    });

    it('answers a fault of the handler with internal_error, logs it and shows nothing of it', async () => {
      const { rpc } = newContracts();
      await bus.respond(rpc, () => Promise.reject(new Error('password is hunter2')));
      const fault = await errorOf(bus.request(rpc, payloadOf('a')));
      expect(fault.code).toBe('internal_error');
      expect(JSON.stringify([fault, fault.message, fault.internal])).not.toContain('hunter2');
      expect(logger.errors.map(({ message }) => message)).toEqual(['request handler failed']);
    });

    it('[PF-001] gives backend_unavailable at once when the owner is away', async () => {
      const { rpc } = newContracts();
      const tookMs = await elapsedMs(async () => {
        expect(await errorOf(bus.request(rpc, payloadOf('a')))).toMatchObject({
          code: 'backend_unavailable',
          status: 503,
        });
      });
      expect(tookMs).toBeLessThan(rpc.deadlineMs / 2);
    });

    it('[PF-001] gives backend_unavailable within the deadline when the owner hangs', async () => {
      const { rpc } = newContracts();
      let release = (): void => undefined;
      const hung = new Promise<void>((resolve) => (release = resolve));
      await bus.respond(rpc, async (request) => (await hung, request));
      const tookMs = await elapsedMs(async () => {
        const late = await errorOf(bus.request(rpc, payloadOf('a'), { deadlineMs: 100 }));
        expect(late.code).toBe('backend_unavailable');
      });
      expect(tookMs).toBeGreaterThanOrEqual(90);
      expect(tookMs).toBeLessThan(1_000);
      release();
    });

    it('refuses a malformed question before it is sent, naming the field', async () => {
      const { rpc } = newContracts();
      let calls = 0;
      await bus.respond(rpc, (request) => ((calls += 1), request));
      const refused = await errorOf(bus.request(rpc, { id: '', costNanoUsd: nanoUsd(1n) }));
      expect(refused).toMatchObject({ code: 'invalid_parameter', param: 'id' });
      expect(calls).toBe(0);
    });

    it('blames the owner, not the caller, for an answer that breaks the contract', async () => {
      const { rpc } = newContracts();
      await bus.respond(rpc, () => payloadOf(''));
      expect((await errorOf(bus.request(rpc, payloadOf('a')))).code).toBe('internal_error');
      expect(logger.errors).toHaveLength(1);
    });

    it('answers many questions at once, each with its own answer', async () => {
      const { rpc } = newContracts();
      await bus.respond(rpc, async (request) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        return request;
      });
      const asked = Array.from({ length: 300 }, (_, index) => payloadOf(`q${index}`, BigInt(index)));
      expect(await Promise.all(asked.map((request) => bus.request(rpc, request)))).toEqual(asked);
    });

    it('counts a responder that stopped as away, and lets another take its place', async () => {
      const { rpc } = newContracts();
      const first = await bus.respond(rpc, () => payloadOf('first'));
      await expect(bus.respond(rpc, () => payloadOf('twice'))).rejects.toThrow('has a responder already');
      await first.stop();
      expect((await errorOf(bus.request(rpc, payloadOf('a')))).code).toBe('backend_unavailable');
      await bus.respond(rpc, () => payloadOf('second'));
      expect(await bus.request(rpc, payloadOf('a'))).toEqual(payloadOf('second'));
    });
  });
}
