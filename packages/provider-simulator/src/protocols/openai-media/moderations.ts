import { isFields } from '../fields.js';
import { invalidValue, missing, readModel, wrongType } from '../openai/validate.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';

const MODEL_DEFAULT = 'omni-moderation-latest';
const INPUTS_MAX = 2048;
/** The categories, each with the word that the simulator takes for it. */
const CATEGORIES: readonly (readonly [name: string, sign: RegExp | undefined])[] = [
  ['harassment', /\bharass/i],
  ['harassment/threatening', undefined],
  ['hate', /\bhate\b/i],
  ['hate/threatening', undefined],
  ['illicit', /\billicit\b/i],
  ['illicit/violent', undefined],
  ['self-harm', /\bself-harm\b/i],
  ['self-harm/instructions', undefined],
  ['self-harm/intent', undefined],
  ['sexual', /\bsexual\b/i],
  ['sexual/minors', undefined],
  ['violence', /\b(violence|kill)\b/i],
  ['violence/graphic', undefined],
];
const SCORE_FLAGGED = 0.98;
const SCORE_CLEAN = 0.0001;

/** `POST /v1/moderations`: flags a text that names a category. */
export function moderate(call: Call): DecodedCall | RefusedCall {
  const read = readModel({ model: MODEL_DEFAULT, ...(call.body as object | undefined) });
  if (read.kind === 'refused') return read;
  const { input } = read.fields;
  if (input === undefined) return missing('input');
  if (typeof input !== 'string' && !Array.isArray(input)) return wrongType('input', 'a string or an array', input);
  if (input.length === 0) return invalidValue('input', 'empty. Expected at least one input.');
  const texts = textsOf(input);
  if (texts.length > INPUTS_MAX)
    return invalidValue('input', `array too long. Expected at most ${INPUTS_MAX} elements.`);
  return answerWith(({ id, model }) => jsonReply({ id: `modr-${id}`, model, results: texts.map(judge) }), read.model);
}

/** One text per result: parts of a multimodal input are judged together. */
function textsOf(input: string | readonly unknown[]): string[] {
  if (typeof input === 'string') return [input];
  if (!input.some(isFields)) return input.map(String);
  return [input.map((part) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('\n')];
}

function judge(text: string): object {
  const found = CATEGORIES.map(([name, sign]): [string, boolean] => [name, sign?.test(text) === true]);
  return {
    flagged: found.some(([, flagged]) => flagged),
    categories: Object.fromEntries(found),
    category_scores: Object.fromEntries(found.map(([name, flagged]) => [name, flagged ? SCORE_FLAGGED : SCORE_CLEAN])),
    category_applied_input_types: Object.fromEntries(found.map(([name]) => [name, ['text']])),
  };
}
