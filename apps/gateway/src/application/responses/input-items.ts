type Json = Readonly<Record<string, unknown>>;

/** Of an item's own kind, as OpenAI's ids begin. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
};

/** The items of a request's input, each under an id by which it can be listed and referred to. */
export function inputItemsOf(input: unknown, responseId: string): Json[] {
  const given: unknown[] = typeof input === 'string' ? [{ role: 'user', content: input }] : asList(input);
  return given.filter(isJson).map((item, index) => {
    const type = typeof item['type'] === 'string' ? item['type'] : 'message';
    const id = `${PREFIXES[type] ?? 'item'}_${responseId.replace(/^resp_/, '')}_i${index}`;
    return { id, ...item, type, ...(type === 'message' && messageOf(item)) };
  });
}

/** A message's short form as what it stands for. */
function messageOf({ role, content }: Json): Json {
  if (typeof content !== 'string') return {};
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  return {
    status: 'completed',
    content: [{ type, text: content, ...(type === 'output_text' && { annotations: [] }) }],
  };
}

/** Which response an item came with, by its id; null for one that is not of this gateway's making. */
export function responseIdOfItem(itemId: unknown): string | null {
  const match = typeof itemId === 'string' ? /^[a-z]+_([0-9A-Za-z-]+)_i?\d+$/.exec(itemId) : null;
  return match && `resp_${match[1]}`;
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
