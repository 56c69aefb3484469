import { AppError, ManualClock, SequentialIds, nanoUsd } from '@ao/kernel';
import { LeasePool } from '../domain/lease-pool.js';
import { LeaseQuestions } from './lease-questions.js';
import type { Payers } from './payers.js';
import type { LeaseBroker } from './ports.js';

type Acquire = Parameters<LeaseBroker['acquire']>[0];
type Answer = Awaited<ReturnType<LeaseBroker['acquire']>>;

const payers: Payers = { orgId: 'org_1', walletId: 'leaf', budgets: [], key: 'leaf' };
const granted: Answer = {
  kind: 'granted',
  path: [{ walletId: 'leaf', name: 'Leaf', unlimited: false }],
  leases: [{ leaseId: 'l1', walletId: 'leaf', granted: nanoUsd(5n), expiresAtMs: 9e15, periodEndsAtMs: null }],
};
const refused: Answer = {
  kind: 'refused',
  reason: 'exhausted',
  walletId: 'leaf',
  walletName: 'Leaf',
  shortfall: nanoUsd(45n),
  scoped: false,
};

describe('a question for leases', () => {
  it('[BX-001] does not take the refusal of an earlier one, which is asked again for more', async () => {
    const asked: Acquire[] = [];
    const answers: ((answer: Answer) => void)[] = [];
    const broker = {
      acquire: (request: Acquire) => {
        asked.push(request);
        if (asked.length === 1) return Promise.reject(new AppError('backend_unavailable', 'lost'));
        return new Promise<Answer>((resolve) => answers.push(resolve));
      },
    } as unknown as LeaseBroker;
    const options = { gatewayId: 'gw_1', clock: new ManualClock(), ids: new SequentialIds() };
    const questions = new LeaseQuestions(new LeasePool(), broker, options);
    const question = { skipWalletIds: [], mayRecall: true };
    await expect(questions.ask(payers, { ...question, amount: nanoUsd(50n) })).rejects.toThrow('lost');

    const again = questions.askAgain();
    const smaller = questions.ask(payers, { ...question, amount: nanoUsd(5n) });
    await new Promise(setImmediate);
    answers[0]!(refused);
    await again;
    await new Promise(setImmediate);
    answers[1]!(granted);
    await smaller;
    expect(asked.map(({ amountMin, mayRecall }) => [amountMin, mayRecall])).toEqual([
      [50n, true],
      [50n, false],
      [5n, true],
    ]);
  });
});
