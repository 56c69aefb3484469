import type { RuleCondition, RuleField, RuleOperator } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { RE2JS } from 're2js';

type Kind = 'text' | 'country' | 'number' | 'truth' | 'time' | 'weekday';
type Operand = string | number | boolean;

const KINDS: Readonly<Record<RuleField, Kind>> = {
  model: 'text',
  organisation: 'text',
  team: 'text',
  user: 'text',
  key: 'text',
  end_user: 'text',
  tags: 'text',
  feature: 'text',
  region: 'text',
  country: 'country',
  estimated_tokens: 'number',
  estimated_cost_usd: 'number',
  stream: 'truth',
  endpoint: 'text',
  time: 'time',
  weekday: 'weekday',
};

const SETS = ['eq', 'ne', 'in', 'not_in'] as const;
const ORDERS = ['gt', 'gte', 'lt', 'lte'] as const;
const OPERATORS: Readonly<Record<Kind, readonly RuleOperator[]>> = {
  text: [...SETS, 'contains', 'regex'],
  country: SETS,
  number: [...SETS, ...ORDERS],
  truth: ['eq', 'ne'],
  time: ['eq', 'ne', ...ORDERS],
  weekday: SETS,
};

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const COUNTRY = /^[A-Z]{2}$/;

/** What a value of each kind must be. */
const EXPECTED: Readonly<Record<Kind, { test: (value: Operand) => boolean; text: string }>> = {
  text: { test: (value) => typeof value === 'string' && value !== '', text: 'a text' },
  country: { test: (value) => COUNTRY.test(String(value)), text: 'a country of two letters, such as "DE"' },
  number: { test: (value) => Number.isFinite(value) && Number(value) >= 0, text: 'a number, 0 or more' },
  truth: { test: (value) => typeof value === 'boolean', text: 'true or false' },
  time: { test: (value) => TIME.test(String(value)), text: 'a time of the day in UTC, such as "08:30"' },
  weekday: { test: (value) => WEEKDAYS.includes(String(value)), text: `one of ${WEEKDAYS.join(', ')}` },
};

/** @throws AppError `invalid_parameter` that names the first condition which can never be meant so. */
export function checkConditions(conditions: readonly RuleCondition[]): void {
  conditions.forEach(({ field, operator, value }, index) => {
    const kind = KINDS[field];
    const refuse = (part: string, message: string): never => {
      throw new AppError('invalid_parameter', message, { param: `conditions.${index}.${part}` });
    };
    if (!OPERATORS[kind].includes(operator)) {
      refuse('operator', `${field} is asked by ${OPERATORS[kind].join(', ')}; ${operator} does not fit it.`);
    }
    const takesList = operator === 'in' || operator === 'not_in';
    if (takesList !== Array.isArray(value)) {
      refuse('value', takesList ? `${operator} needs a list of values.` : `${operator} needs one value, not a list.`);
    }
    const { test, text } = EXPECTED[kind];
    if (![value].flat().every(test)) refuse('value', `${field} needs ${text}.`);
    if (operator === 'regex' && !compiles(String(value))) {
      refuse('value', 'This is no regular expression of RE2, which has neither backreferences nor lookaround.');
    }
  });
}

/** In the engine that asks it for each call: its time grows with the text, never faster. */
function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
