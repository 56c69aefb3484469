import { AppError } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { UpstreamRefusal } from '../../application/calls/upstream-refusal.js';
import { CallHarness, readChatStream, type Received } from './call-harness.suite.js';

/** What an attempt that failed is charged. */
type Lost = 'nothing' | 'prompt' | 'prompt + sent';

/** One row of docs/failures.md: what becomes of a call whose deployment fails so. */
interface Row {
  fault: string;
  /** Nothing listens there. */
  unreachable?: boolean;
  /** Only where that fault strikes streams; else both. */
  mode?: 'stream' | 'plain';
  /** Attempts when there is one deployment, and two retries. */
  alone: number;
  /** What the caller is told then. */
  status: number;
  code: string;
  lost: Lost;
  /** Whether another deployment of the group is asked. */
  elsewhere: boolean;
}

const passing = { alone: 3, elsewhere: true };
const local = { alone: 1, elsewhere: true };
const hopeless = { alone: 1, elsewhere: false };

const MATRIX: Row[] = [
  { fault: '400', ...hopeless, status: 400, code: 'invalid_parameter', lost: 'nothing' },
  { fault: '401', ...local, status: 401, code: 'backend_auth_failed', lost: 'nothing' },
  { fault: '403', ...local, status: 403, code: 'backend_auth_failed', lost: 'nothing' },
  { fault: '404', ...local, status: 404, code: 'model_not_found', lost: 'nothing' },
  { fault: '408', ...passing, status: 408, code: 'request_timeout', lost: 'nothing' },
  { fault: '413', ...hopeless, status: 413, code: 'invalid_parameter', lost: 'nothing' },
  { fault: '429', ...passing, status: 429, code: 'rate_limit_exceeded', lost: 'nothing' },
  { fault: 'insufficient_quota', ...local, status: 429, code: 'insufficient_quota', lost: 'nothing' },
  { fault: 'context_length_exceeded', ...hopeless, status: 400, code: 'context_length_exceeded', lost: 'nothing' },
  { fault: 'content_policy', ...hopeless, status: 400, code: 'content_policy_violation', lost: 'nothing' },
  ...['500', '502', '503', '504', '529', 'html_502'].map((fault) => ({
    fault,
    ...passing,
    status: 502,
    code: 'upstream_error',
    lost: 'nothing' as const,
  })),
  { fault: '', unreachable: true, ...passing, status: 502, code: 'upstream_error', lost: 'nothing' },
  { fault: 'reset', ...passing, status: 502, code: 'upstream_error', lost: 'prompt' },
  { fault: 'silence', ...passing, status: 504, code: 'timeout', lost: 'prompt' },
  { fault: 'cut&after_tokens=0', ...passing, status: 502, code: 'upstream_error', lost: 'prompt' },
  { fault: 'stall&after_tokens=0', ...passing, status: 504, code: 'timeout', lost: 'prompt' },
  { fault: 'malformed&after_tokens=0', mode: 'plain', ...passing, status: 502, code: 'upstream_error', lost: 'prompt' },
  { fault: 'malformed&after_tokens=0', mode: 'stream', ...passing, status: 504, code: 'stream_error', lost: 'prompt' },
  { fault: 'stream_error', mode: 'plain', ...passing, status: 502, code: 'upstream_error', lost: 'nothing' },
  {
    fault: 'stream_error&after_tokens=0',
    mode: 'stream',
    ...passing,
    status: 504,
    code: 'stream_error',
    lost: 'nothing',
  },
];

/** The same after the caller had the first words. */
const BROKEN_OFF = ['cut', 'stall', 'malformed', 'stream_error'];

const ask = (stream: boolean): object => ({
  model: 'm',
  stream,
  messages: [{ role: 'user', content: 'Why is it so?' }],
});

describe('the failure matrix (docs/failures.md)', () => {
  let simulator: Simulator;
  let harness: CallHarness | null = null;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.reset());
  afterEach(async () => {
    await harness?.close();
    harness = null;
  });

  function open({ fault, unreachable }: Row, others: string[]): CallHarness {
    const a = { id: 'a', group: 'm', ...(unreachable && { baseUrl: 'http://127.0.0.1:1/v1' }) };
    if (!unreachable) simulator.script({ model: 'a', behaviour: `fault=${fault}`, times: 100 });
    harness = new CallHarness({
      baseUrl: `${simulator.url}/v1`,
      deployments: [a, ...others.map((id) => ({ id, group: 'm' }))],
    });
    return harness;
  }

  const cells = MATRIX.flatMap((row) =>
    (['plain', 'stream'] as const)
      .filter((mode) => (row.mode ?? mode) === mode)
      .map((mode): [string, 'plain' | 'stream', Row] => [row.unreachable ? 'unreachable' : row.fault, mode, row]),
  );

  it.each(cells)(
    '[RT-014] [RT-010] %s, %s, alone: tried as often as it makes sense, then told',
    async (_, mode, row) => {
      const { error, report } = await open(row, []).call(ask(mode === 'stream'));
      expect(told(error)).toEqual({ status: row.status, code: row.code });
      expect(report.status).toBe(row.status);
      expect(attemptsOf(report)).toHaveLength(row.alone);
      for (const attempt of attemptsOf(report)) expect(lostOf(attempt)).toBe(row.lost);
      expect(report.cost).toBe(attemptsOf(report).reduce((sum, { cost }) => sum + cost, 0n));
      if (!row.unreachable) expect(simulator.counts.requests).toBe(row.alone);
    },
  );

  it.each(cells)('[RT-004] %s, %s, beside a healthy one: that one answers where it can', async (_, mode, row) => {
    const { error, report, status, headers, text } = await open(row, ['b']).call(ask(mode === 'stream'));
    if (!row.elsewhere) {
      expect(told(error)).toEqual({ status: row.status, code: row.code });
      expect(attemptsOf(report)).toHaveLength(1);
      return;
    }
    expect(error).toBeNull();
    expect(status).toBe(200);
    // Who really served.
    expect(headers).toMatchObject({
      'x-ao-provider': 'p-b',
      'x-ao-model': 'b',
      'x-litellm-attempted-retries': '1',
      'x-litellm-attempted-fallbacks': '0',
    });
    if (mode === 'stream') expect(readChatStream(text)).toMatchObject({ finishReason: 'stop', error: null });
    expect(report).toMatchObject({ status: 200, errorCode: null, deploymentId: 'b', partial: false });
    const [lost, served] = attemptsOf(report);
    expect(lostOf(lost!)).toBe(row.lost);
    expect(served).toMatchObject({ deploymentId: 'b', status: 200, usageSource: 'provider' });
    expect(report.decision?.steps).toEqual([{ modelGroup: 'm', deploymentId: 'b', reason: 'failover' }]);
  });

  it.each(BROKEN_OFF)(
    '[GW-004] a stream that ends by %p after its first words: told in the stream, not tried again, billed for what was sent',
    async (fault) => {
      harness = open({ ...MATRIX[0]!, fault: `${fault}&after_tokens=3` }, ['b']);
      const { status, text, report } = await harness.call(ask(true));
      expect(status).toBe(200);
      expect(readChatStream(text)).toMatchObject({ finishReason: null, error: 'stream_error' });
      expect(simulator.counts.requests).toBe(1);
      expect(report).toMatchObject({ partial: true, deploymentId: 'a' });
      expect(lostOf(report)).toBe('prompt + sent');
    },
  );

  it('[GW-004] a stream that says why it ends, but has no end marker, is whole', async () => {
    harness = open({ ...MATRIX[0]!, fault: '500' }, []);
    simulator.reset();
    simulator.script({ model: 'a', behaviour: 'end_marker=0' });
    const { text, report } = await harness.call(ask(true));
    expect(readChatStream(text)).toMatchObject({ finishReason: 'stop', error: null });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(report).toMatchObject({ status: 200, partial: false });
  });
});

function told(error: unknown): { status: number; code: string } {
  if (error instanceof UpstreamRefusal) return { status: error.status, code: error.body.error.code };
  if (error instanceof AppError) return { status: error.status, code: error.code };
  throw error;
}

type Attempt = NonNullable<Received['report']['attempts']>[number];

const attemptsOf = (report: Received['report']): Pick<Attempt, 'usage' | 'usageSource' | 'cost' | 'deploymentId'>[] =>
  report.attempts ?? [report];

function lostOf({ usage, usageSource, cost }: Pick<Attempt, 'usage' | 'usageSource' | 'cost'>): Lost {
  if (usageSource === 'none') {
    expect(cost).toBe(0n);
    return 'nothing';
  }
  expect(usageSource).toBe('estimated');
  expect(cost).toBeGreaterThan(0n);
  return usage.outputTokens > 0 ? 'prompt + sent' : 'prompt';
}
