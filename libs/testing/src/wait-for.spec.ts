import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('gives what the condition gives once it is truthy, taking errors as not yet', async () => {
    let calls = 0;
    const value = await waitFor(
      () => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        return calls === 3 && 'done';
      },
      { intervalMs: 1 },
    );
    expect(value).toBe('done');
  });

  it('says what it waited for, with the last error as the cause', async () => {
    const last = new Error('refused');
    const waiting = waitFor(() => Promise.reject(last), { timeoutMs: 20, intervalMs: 1, description: 'the server' });
    await expect(waiting).rejects.toMatchObject({ message: 'waited 20 ms for the server', cause: last });
  });
});
