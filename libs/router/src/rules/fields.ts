import type { RuleField } from '@ao/contracts';
import type { RuleQuestion } from './rule-question.js';

export type FieldValue = string | number | boolean;

interface FieldKind {
  /** What the call has; nothing where it is unknown or absent. */
  read: (question: RuleQuestion) => readonly FieldValue[];
  /** An operand in the form that `read` answers in; null: no value of the field can be that. */
  operand: (value: FieldValue) => FieldValue | null;
  /** `contains` asks for a whole value of the list, not for a part of a text. */
  isList?: true;
  /** Costs something to find: asked after all others. */
  isLazy?: true;
}

const NONE: readonly FieldValue[] = [];
const one = (value: FieldValue | null): readonly FieldValue[] => (value === null ? NONE : [value]);

const text = (value: FieldValue): string => String(value);
const lowerCase = (value: FieldValue): string => String(value).toLowerCase();
const upperCase = (value: FieldValue): string => String(value).toUpperCase();
/** `9:30` is `09:30`, so that texts compare as times do. */
const clockTime = (value: FieldValue): string => String(value).padStart(5, '0');
/** `Monday` is `mon`. */
const weekday = (value: FieldValue): string => String(value).toLowerCase().slice(0, 3);

function figure(value: FieldValue): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function truth(value: FieldValue): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
}

/** All that a condition may ask about. */
export const FIELDS: Readonly<Record<RuleField, FieldKind>> = {
  model: { read: ({ models }) => models, operand: text },
  organisation: { read: ({ call }) => [call.principal.orgId], operand: text },
  team: { read: ({ call }) => one(call.principal.teamId), operand: text },
  user: { read: ({ call }) => one(call.principal.userId), operand: text },
  key: { read: ({ call }) => [call.principal.keyId], operand: text },
  end_user: { read: ({ call }) => one(call.endUserId), operand: text },
  tags: { read: ({ call }) => call.tags, operand: text, isList: true },
  feature: { read: ({ call }) => one(call.featureId), operand: text },
  region: { read: ({ call }) => one(call.region?.toLowerCase() ?? null), operand: lowerCase },
  country: { read: ({ call }) => one(call.country), operand: upperCase },
  estimated_tokens: { read: (question) => [question.estimatedTokens()], operand: figure, isLazy: true },
  estimated_cost_usd: { read: (question) => one(question.estimatedCostUsd()), operand: figure, isLazy: true },
  stream: { read: ({ call }) => [call.stream], operand: truth },
  endpoint: { read: ({ call }) => [call.endpoint], operand: text },
  time: { read: (question) => [question.time()], operand: clockTime },
  weekday: { read: (question) => [question.weekday()], operand: weekday },
};
