import type { Usage } from '@ao/pricing';
import { fieldsOf } from '../json-object.js';
import type { AnswerContext } from '../protocol.js';
import type { Ending } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** What an answer says of the request, with what holds where it said nothing. */
const SETTINGS: Readonly<Record<string, unknown>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** Where a response stands. */
export type State =
  | Ending
  | { readonly status: 'in_progress'; readonly incomplete_details: null }
  | { readonly status: 'failed'; readonly incomplete_details: null; readonly error: object };

/** A `response` with its request's settings. Its usage comes last, where a cost can be added to it. */
export function responseObject(
  context: AnswerContext,
  state: State,
  { output, usage, serviceTier }: { output: readonly object[]; usage: Usage | null; serviceTier: string | null },
): object {
  const request = fieldsOf(context.request);
  const settings = Object.entries(SETTINGS).map(([key, usual]) => [key, request[key] ?? usual] as const);
  const isEnded = state.status === 'completed' || state.status === 'incomplete';
  return {
    id: responseIdOf(context.id),
    object: 'response',
    created_at: context.nowS,
    status: state.status,
    error: 'error' in state ? state.error : null,
    incomplete_details: state.incomplete_details,
    model: context.model,
    output,
    ...Object.fromEntries(settings),
    service_tier: serviceTier ?? 'default',
    ...(isEnded && { completed_at: context.nowS }),
    usage: usage && encodeUsage(usage),
  };
}

/** The id of a response that we name ourselves: the same for the same call, so that it is found again. */
const responseIdOf = (id: string): string => (id.startsWith(RESPONSE) ? id : RESPONSE + id.replaceAll(/\W|_/g, ''));

const RESPONSE = 'resp_';

/** The id of an output item. */
export const itemIdOf = (prefix: 'msg' | 'rs' | 'fc' | 'ctc' | 'lsh', { id }: AnswerContext, index: number): string =>
  `${prefix}_${responseIdOf(id).slice(RESPONSE.length)}_${index}`;
