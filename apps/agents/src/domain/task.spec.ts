import { afterInterruption, INTERRUPTIONS_MAX, mayRead, type Task } from './task.js';
import { RESULT_BYTES_MAX, toError, toResult } from './task-text.js';

const task: Task = {
  id: 'task_1',
  orgId: 'org_1',
  keyId: 'key_1',
  status: 'pending',
  query: 'Hello',
  model: 'demo-chat',
  result: null,
  error: null,
  createdAtMs: 0,
  startedAtMs: null,
  finishedAtMs: null,
};

describe('a task', () => {
  it.each([
    ['org_1', 'key_1', 'viewer', true],
    ['org_1', 'key_2', 'viewer', false],
    ['org_1', 'key_2', 'member', false],
    ['org_1', 'key_2', 'admin', true],
    ['org_1', 'key_2', 'owner', true],
    ['org_2', 'key_1', 'owner', false],
  ] as const)('[AG-008] read by %s, %s, %s: %s', (orgId, keyId, role, expected) => {
    expect(mayRead(task, { orgId, keyId, role })).toBe(expected);
  });

  it('waits twice as long after each interruption, about a minute in all, and is then given up', () => {
    const ends = Array.from({ length: INTERRUPTIONS_MAX + 1 }, (_, interruptions) =>
      afterInterruption({ interruptions }, 'Gone.'),
    );
    const delays = ends.flatMap((end) => (end.kind === 'released' ? [end.delayMs] : []));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(ends.at(-1)).toEqual({ kind: 'failed', error: 'Gone. The task was cut off 7 times and given up.' });
  });
});

describe('the texts of a task', () => {
  it('are kept as the database can hold them, up to their limit in bytes', () => {
    expect(toResult('a\0b\uDC00')).toBe('a\uFFFDb\uFFFD');
    expect(toResult('x'.repeat(RESULT_BYTES_MAX))).toHaveLength(RESULT_BYTES_MAX);
    expect(toResult('é'.repeat(RESULT_BYTES_MAX / 2 + 1))).toBeNull();
  });

  it('never show the key, wherever an error repeats it', () => {
    expect(toError('Bad key sk-1, that is sk-1.', 'sk-1')).toBe('Bad key [key], that is [key].');
    expect(toError(`${'x'.repeat(998)}sk-12345`, 'sk-12345')).toBe(`${'x'.repeat(998)}[k`);
    expect(toError('plain', null)).toBe('plain');
  });
});
