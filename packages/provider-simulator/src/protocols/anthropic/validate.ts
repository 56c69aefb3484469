import { isFields, type Fields } from '../fields.js';
import { refuse, type Call, type RefusedCall } from '../protocol.js';

const OUTPUT_TOKENS_MAX = 1_000_000_000;
/** Anthropic's own minimum. */
const THINKING_TOKENS_MIN = 1024;

/** What a message may carry: anything else is refused by name, so that a field of another provider never passes unseen. */
const KNOWN_FIELDS = new Set(
  (
    'model messages max_tokens system metadata stop_sequences stream temperature top_p top_k tools tool_choice thinking ' +
    'service_tier container context_management mcp_servers output_config output_format inference_geo cache_control ' +
    'speed diagnostics fallbacks'
  ).split(' '),
);

export function invalid(message: string): RefusedCall {
  return refuse({ kind: 'invalid_request', model: '', message });
}

/** Every request needs a key, which may be any, and the version of the API. */
export function checkAccess({ headers }: Call): RefusedCall | undefined {
  const bearer = headers.authorization?.startsWith('Bearer ') === true;
  if (headers['x-api-key'] === undefined && !bearer) {
    return refuse({ kind: 'authentication', model: '', message: 'x-api-key header is required' });
  }
  return headers['anthropic-version'] === undefined ? invalid('anthropic-version: header is required') : undefined;
}

/** The fields and model that every body has, or the complaint. */
export function readModel(body: unknown): { readonly kind: 'read'; fields: Fields; model: string } | RefusedCall {
  if (!isFields(body)) return invalid('The request body must be a JSON object.');
  const { model } = body;
  if (model === undefined) return invalid('model: Field required');
  return typeof model === 'string' && model !== ''
    ? { kind: 'read', fields: body, model }
    : invalid('model: Input should be a valid string');
}

/** Everything of a message but its messages. */
export function checkSettings(fields: Fields): RefusedCall | undefined {
  const unknown = Object.keys(fields).find((name) => !KNOWN_FIELDS.has(name));
  if (unknown !== undefined) return invalid(`${unknown}: Extra inputs are not permitted`);
  return checkMaxTokens(fields) ?? checkSampling(fields) ?? checkTools(fields) ?? checkThinking(fields);
}

function checkMaxTokens({ max_tokens: maximum }: Fields): RefusedCall | undefined {
  if (maximum === undefined) return invalid('max_tokens: Field required');
  if (typeof maximum !== 'number' || !Number.isInteger(maximum)) {
    return invalid('max_tokens: Input should be a valid integer');
  }
  if (maximum < 1) return invalid('max_tokens: Input should be greater than or equal to 1');
  return maximum > OUTPUT_TOKENS_MAX
    ? invalid(`max_tokens: Input should be less than or equal to ${OUTPUT_TOKENS_MAX}`)
    : undefined;
}

function checkSampling({ temperature, stream, stop_sequences: stops }: Fields): RefusedCall | undefined {
  if (stream !== undefined && typeof stream !== 'boolean') return invalid('stream: Input should be a valid boolean');
  if (stops !== undefined && !(Array.isArray(stops) && stops.every((stop) => typeof stop === 'string'))) {
    return invalid('stop_sequences: Input should be a valid list of strings');
  }
  if (temperature === undefined) return undefined;
  const valid = typeof temperature === 'number' && temperature >= 0 && temperature <= 1;
  return valid ? undefined : invalid('temperature: Input should be a number from 0 to 1');
}

export function checkTools({ tools, tool_choice: choice }: Fields): RefusedCall | undefined {
  if (tools !== undefined && !Array.isArray(tools)) return invalid('tools: Input should be a valid list');
  for (const [index, tool] of (tools ?? []).entries()) {
    if (!isFields(tool) || typeof tool['name'] !== 'string') return invalid(`tools.${index}.name: Field required`);
    const own = tool['type'] === undefined || tool['type'] === 'custom';
    if (own && !isFields(tool['input_schema'])) return invalid(`tools.${index}.input_schema: Field required`);
  }
  if (choice === undefined) return undefined;
  if (!isFields(choice) || !['auto', 'any', 'tool', 'none'].includes(String(choice['type']))) {
    return invalid("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
  }
  const given = Array.isArray(tools) && tools.length > 0;
  if (!given && choice['type'] !== 'none') return invalid('tool_choice may only be specified while providing tools');
  const named = choice['type'] !== 'tool' || tools?.some((tool: Fields) => tool['name'] === choice['name']);
  return named === false ? invalid(`Tool '${String(choice['name'])}' not found in provided tools`) : undefined;
}

function checkThinking({ thinking, max_tokens: maximum }: Fields): RefusedCall | undefined {
  if (!isFields(thinking) || thinking['type'] !== 'enabled') return undefined;
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number' || budget < THINKING_TOKENS_MIN) {
    return invalid(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${THINKING_TOKENS_MIN}`);
  }
  return budget >= Number(maximum) ? invalid('`max_tokens` must be greater than `thinking.budget_tokens`') : undefined;
}
