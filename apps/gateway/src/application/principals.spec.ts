import { principal as principalContract, principalExample, type Principal } from '@ao/contracts';
import { AppError, ManualClock } from '@ao/kernel';
import { Principals } from './principals.js';
import type { KeyDirectory } from './ports.js';

const known: Principal = principalContract.parse(principalExample);

class Directory implements KeyDirectory {
  questions = 0;
  away = false;
  answer: Principal | null = known;
  /** Held back until the test lets it go. */
  gate: Promise<void> | null = null;

  async find(): Promise<Principal | null> {
    this.questions += 1;
    const { answer } = this;
    await this.gate;
    if (this.away) throw new AppError('backend_unavailable', 'away');
    return answer;
  }

  defaultWalletId(): Promise<string> {
    return Promise.resolve('wal_1');
  }
}

const setUp = (): { principals: Principals; directory: Directory; clock: ManualClock } => {
  const clock = new ManualClock();
  const directory = new Directory();
  return { principals: new Principals(directory, clock), directory, clock };
};

describe('known keys', () => {
  it('are asked for once, also by many at once', async () => {
    const { principals, directory } = setUp();
    await Promise.all([principals.find('a'), principals.find('a')]);
    expect(principals.find('a')).toBe(known);
    expect(directory.questions).toBe(1);
  });

  it('are asked for again soon when they were unknown: a key works seconds after it was issued', async () => {
    const { principals, directory, clock } = setUp();
    directory.answer = null;
    expect(await principals.find('a')).toBeNull();
    directory.answer = known;
    clock.advanceMs(2_000);
    expect(await principals.find('a')).toBe(known);
  });

  it('stay known while somebody tries out keys by the thousand', async () => {
    const { principals, directory } = setUp();
    await principals.find('good');
    directory.answer = null;
    for (let guess = 0; guess < 60_000; guess += 1) await principals.find(`guess ${guess}`);
    expect(principals.find('good')).toBe(known);
  });

  it('[ID-001] stop at once when they are revoked, even while an older answer is on its way', async () => {
    const { principals, directory } = setUp();
    let release = (): void => undefined;
    directory.gate = new Promise((resolve) => (release = resolve));
    const early = principals.find('a');
    directory.answer = null;
    principals.forget('a');
    release();
    await early;
    expect(await principals.find('a')).toBeNull();
  });

  it('stay good for a while when identity is away, unknown ones do not get in', async () => {
    const { principals, directory, clock } = setUp();
    await principals.find('a');
    directory.away = true;
    clock.advanceMs(60_000);
    expect(await principals.find('a')).toBe(known);
    await expect(principals.find('b')).rejects.toMatchObject({ code: 'backend_unavailable' });
    clock.advanceMs(400_000);
    await expect(principals.find('a')).rejects.toMatchObject({ code: 'backend_unavailable' });
  });

  it('end with their expiry, to the millisecond', async () => {
    const { principals, directory, clock } = setUp();
    directory.answer = { ...known, expiresAtMs: clock.nowMs() + 10 };
    expect(await principals.find('a')).not.toBeNull();
    clock.advanceMs(10);
    expect(principals.find('a')).toBeNull();
  });

  it('are asked for again in time although the clock was set back, and end at their date by the clock as it is set', async () => {
    const { principals, directory, clock } = setUp();
    await principals.find('a');
    clock.jumpMs(-86_400_000);
    clock.advanceMs(30_000);
    directory.answer = null;
    expect(await principals.find('a')).toBeNull();
    clock.advanceMs(2_000);
    directory.answer = { ...known, expiresAtMs: clock.nowMs() + 3_600_000 };
    expect(await principals.find('a')).toBe(directory.answer);
    clock.jumpMs(3_600_000);
    expect(principals.find('a')).toBeNull();
  });
});
