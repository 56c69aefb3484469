import { ruleField, ruleOperator, type RuleCondition } from '@ao/contracts';
import { checkConditions } from './check-conditions.js';

const VALUES: Record<string, string | number | boolean> = {
  country: 'DE',
  estimated_tokens: 1_000,
  estimated_cost_usd: 0.5,
  stream: true,
  time: '08:30',
  weekday: 'mon',
};
const ORDERS = ['gt', 'gte', 'lt', 'lte'];
const FITTING: Record<string, string[]> = {
  country: ['eq', 'ne', 'in', 'not_in'],
  estimated_tokens: ['eq', 'ne', 'in', 'not_in', ...ORDERS],
  estimated_cost_usd: ['eq', 'ne', 'in', 'not_in', ...ORDERS],
  stream: ['eq', 'ne'],
  time: ['eq', 'ne', ...ORDERS],
  weekday: ['eq', 'ne', 'in', 'not_in'],
};
const OF_TEXT = ['eq', 'ne', 'in', 'not_in', 'contains', 'regex'];

const refusalOf = (condition: RuleCondition): unknown => {
  try {
    checkConditions([{ field: 'model', operator: 'eq', value: 'x' }, condition]);
    return null;
  } catch (error) {
    return error;
  }
};

describe('the conditions of a rule', () => {
  const pairs = ruleField.options.flatMap((field) => ruleOperator.options.map((operator) => ({ field, operator })));

  it.each(pairs)('[RT-001] may ask $field by $operator only where that fits', ({ field, operator }) => {
    const one = VALUES[field] ?? 'text';
    const value = operator === 'in' || operator === 'not_in' ? [one] : one;
    const fits = (FITTING[field] ?? OF_TEXT).includes(operator);
    const refused = { code: 'invalid_parameter', param: 'conditions.1.operator' };
    if (fits) expect(refusalOf({ field, operator, value })).toBeNull();
    else expect(refusalOf({ field, operator, value })).toMatchObject(refused);
  });

  it.each<RuleCondition>([
    { field: 'estimated_tokens', operator: 'gt', value: '1000' },
    { field: 'estimated_cost_usd', operator: 'lt', value: -1 },
    { field: 'model', operator: 'eq', value: 4 },
    { field: 'model', operator: 'contains', value: '' },
    { field: 'stream', operator: 'eq', value: 'true' },
    { field: 'time', operator: 'gte', value: '24:00' },
    { field: 'time', operator: 'gte', value: '8:30' },
    { field: 'weekday', operator: 'eq', value: 'monday' },
    { field: 'country', operator: 'in', value: ['DE', 'fr'] },
    { field: 'tags', operator: 'in', value: 'prod' },
    { field: 'tags', operator: 'eq', value: ['prod'] },
    { field: 'model', operator: 'regex', value: '(' },
    { field: 'model', operator: 'regex', value: '(a)\\1' },
    { field: 'model', operator: 'regex', value: '(?=gpt)' },
  ])('[RT-001] refuse $field $operator $value', (condition) => {
    expect(refusalOf(condition)).toMatchObject({ code: 'invalid_parameter', param: 'conditions.1.value' });
  });

  it('[RT-001] take a regular expression that would take another engine for ever', () => {
    expect(refusalOf({ field: 'model', operator: 'regex', value: '^(a+)+$' })).toBeNull();
  });
});
