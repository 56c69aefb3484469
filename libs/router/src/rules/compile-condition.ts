import type { RuleCondition, RuleOperator } from '@ao/contracts';
import { RE2JS } from 're2js';
import { FIELDS, type FieldValue } from './fields.js';
import type { RuleQuestion } from './rule-question.js';

export interface CompiledCondition {
  holds: (question: RuleQuestion) => boolean;
  /** Cheap ones are asked first: one that does not hold spares the others. */
  effort: 0 | 1 | 2;
}

type Test = (value: FieldValue) => boolean;

/**
 * A condition as a function. It holds when one of the values that the call has passes; `ne` and `not_in` hold when none is
 * the operand, so a call without a team is "not team a", while every other operator is false on what is absent.
 */
export function compileCondition({ field, operator, value }: RuleCondition): CompiledCondition {
  const { read, operand, isList, isLazy } = FIELDS[field];
  const given = Array.isArray(value) ? value : [value];
  const operands = given.map(operand).filter((one) => one !== null);
  const effort = isLazy ? 2 : operator === 'regex' ? 1 : 0;
  if (operator === 'ne' || operator === 'not_in') {
    const isOperand = oneOf(operands);
    return { effort, holds: (question) => !read(question).some(isOperand) };
  }
  // A pattern is taken as it was written: `\D` in lower case would mean its opposite.
  const passes = operator === 'regex' ? matching(given) : testOf(operator, operands, isList === true);
  return { effort, holds: (question) => read(question).some(passes) };
}

/** What is wrong with a pattern; null: nothing. Patterns are RE2's: linear in time, so without look-around and back-references. */
export function problemOfPattern(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function testOf(
  operator: Exclude<RuleOperator, 'ne' | 'not_in' | 'regex'>,
  operands: FieldValue[],
  isList: boolean,
): Test {
  switch (operator) {
    case 'eq':
    case 'in':
      return oneOf(operands);
    case 'contains':
      if (isList) return oneOf(operands);
      return (value) => operands.some((part) => typeof part === 'string' && String(value).includes(part));
    case 'gt':
      return compared(operands, (value, limit) => value > limit);
    case 'gte':
      return compared(operands, (value, limit) => value >= limit);
    case 'lt':
      return compared(operands, (value, limit) => value < limit);
    case 'lte':
      return compared(operands, (value, limit) => value <= limit);
  }
}

function oneOf(operands: FieldValue[]): Test {
  const [only] = operands;
  if (operands.length === 1) return (value) => value === only;
  const all = new Set(operands);
  return (value) => all.has(value);
}

/** With exactly one operand: more than "one of several" means nothing. Figures compare as figures, texts as texts. */
function compared(operands: FieldValue[], holds: (value: FieldValue, limit: FieldValue) => boolean): Test {
  const [limit] = operands;
  if (limit === undefined || operands.length !== 1) return () => false;
  return (value) => typeof value === typeof limit && holds(value, limit);
}

/** A pattern that cannot be read matches nothing: rules are checked when they are written, and one bad one stops no others. */
function matching(given: FieldValue[]): Test {
  const patterns = given
    .map(String)
    .filter((pattern) => problemOfPattern(pattern) === null)
    .map((pattern) => RE2JS.compile(pattern));
  return (value) => patterns.some((pattern) => pattern.test(String(value)));
}
