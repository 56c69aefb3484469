import type { Reasoning } from '../canonical/index.js';
import { isGeneration3, isPro, thinksByBudget } from './models.js';

/** As Google's own OpenAI-compatible endpoint understands OpenAI's words. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
const BUDGET_MAX = 24_576;
const BUDGET_MAX_PRO = 32_768;
/** Gemini 2.5 Pro cannot be kept from thinking: this is the least. */
const BUDGET_MIN_PRO = 128;
const LEFT_TO_THE_MODEL = -1;

/** Gemini 3 and later are told by words, 2.5 by tokens; earlier models do not think, and refuse to be told to. */
export function encodeThinking(reasoning: Reasoning | null, model: string, maxOutputTokens: number): object {
  if (reasoning === null) return {};
  const how = isGeneration3(model) ? levelOf(reasoning, model) : budgetOf(reasoning, model, maxOutputTokens);
  if (how === null) return {};
  const isShown = reasoning.isShown ?? reasoning.effort !== 'none';
  return { thinkingConfig: { ...how, ...(isShown && { includeThoughts: true }) } };
}

function levelOf({ effort, budgetTokens }: Reasoning, model: string): object {
  // Taken for compatibility, and more exact than a word.
  if (budgetTokens !== null) return { thinkingBudget: budgetTokens };
  switch (effort) {
    case null:
      return {};
    case 'none':
    case 'minimal':
      return { thinkingLevel: isPro(model) ? 'LOW' : 'MINIMAL' };
    case 'low':
      return { thinkingLevel: 'LOW' };
    case 'medium':
      return { thinkingLevel: 'MEDIUM' };
    default:
      return { thinkingLevel: 'HIGH' };
  }
}

function budgetOf(
  { effort, budgetTokens, isAdaptive }: Reasoning,
  model: string,
  maxOutputTokens: number,
): object | null {
  if (!thinksByBudget(model)) return null;
  if (effort === 'none') return { thinkingBudget: isPro(model) ? BUDGET_MIN_PRO : 0 };
  const wanted = budgetTokens ?? (effort === null ? null : BUDGETS[effort]!);
  if (wanted === null) return isAdaptive ? { thinkingBudget: LEFT_TO_THE_MODEL } : {};
  // Thinking is part of the output: room must be left for an answer.
  const most = Math.min(isPro(model) ? BUDGET_MAX_PRO : BUDGET_MAX, maxOutputTokens - 1);
  return { thinkingBudget: Math.max(Math.min(wanted, most), isPro(model) ? BUDGET_MIN_PRO : 0) };
}
