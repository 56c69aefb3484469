import type { CostQuestion } from '../../domain/cost-question.js';
import { costQuery, toCostAnswer, type CostSqlRow } from './cost-sql.js';

const question: CostQuestion = {
  orgId: "org'; DROP TABLE requests; --",
  keyId: null,
  costCenter: null,
  fromMs: 0,
  toMs: 1,
  groupBy: 'model',
  interval: null,
  limit: 2,
};
const row = (fields: Partial<CostSqlRow>): CostSqlRow => ({
  is_total: 0,
  group_label: 'gpt-4o',
  interval_start_ms: '0',
  cost_nano_usd: '0',
  cost_once_nano_usd: '0',
  requests: '1',
  input_tokens: '2',
  output_tokens: '3',
  ...fields,
});

describe('the cost statement', () => {
  it('[AN-003] holds nothing that a caller wrote: names are bound parameters', () => {
    const { sql, parameters } = costQuery({ ...question, keyId: 'key_1' });
    expect(sql).not.toContain('DROP');
    expect(sql.match(/org_id = {orgId:String}/g)).toHaveLength(2);
    expect(sql).toContain('AND key_id = {keyId:String}');
    expect(parameters).toEqual({ orgId: question.orgId, keyId: 'key_1', fromMs: 0, toMs: 1, rowsMax: 4 });
  });

  it('asks for no key when all of the organisation is meant', () => {
    expect(costQuery(question).sql).not.toContain('key_id =');
  });
});

describe('the cost answer', () => {
  it('keeps every digit of sums beyond 64 bits', () => {
    const cost = '123456789012345678901234567890';
    const rows = [row({ is_total: 1, cost_once_nano_usd: cost }), row({ cost_nano_usd: cost })];
    expect(toCostAnswer(rows, question)).toMatchObject({ rows: [{ cost: BigInt(cost) }], total: BigInt(cost) });
  });

  it('cuts to the limit, says so, and leaves the total whole', () => {
    const total = row({ is_total: 1, cost_nano_usd: '9', cost_once_nano_usd: '6' });
    const answer = toCostAnswer([total, row({}), row({}), row({})], question);
    expect(answer).toMatchObject({ total: 6n, truncated: true });
    expect(answer.rows).toHaveLength(2);
  });

  it('is zero when there was nothing', () => {
    expect(toCostAnswer([], question)).toEqual({ rows: [], total: 0n, truncated: false });
  });

  it('tells when an interval starts only when one was asked for', () => {
    const rows = [row({ interval_start_ms: '3600000' })];
    expect(toCostAnswer(rows, { ...question, interval: 'hour' }).rows[0]?.intervalStartMs).toBe(3_600_000);
    expect(toCostAnswer(rows, question).rows[0]?.intervalStartMs).toBeNull();
  });
});
