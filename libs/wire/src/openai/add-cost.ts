import { locateFields, locateObject, replaceFields } from '../json-fields.js';
import { frameData } from '../sse-frame.js';

/**
 * A whole answer with its cost in `usage.cost`, as OpenRouter's users know it; all other bytes as they were. An answer
 * without usage gets one that has only the cost.
 * @param costUsd Dollars as a plain decimal, which is written as a JSON number.
 */
export function addCost(answer: Buffer, costUsd: string): Buffer {
  const located = locateFields(answer);
  if (!located) return answer;
  const range = located.values.get('usage');
  const cost = Buffer.from(costUsd);
  const usage = range && locateObject(answer, range.start);
  if (!usage) return replaceFields(answer, located, { usage: Buffer.concat([OPEN, cost, CLOSE]) });
  return replaceFields(answer, usage, { cost });
}

const OPEN = Buffer.from('{"cost":');
const CLOSE = Buffer.from('}');

/** The same for one frame of a stream; a frame that holds no JSON comes back as it is. */
export function addCostToFrame(frame: Buffer, costUsd: string): Buffer {
  const data = frameData(frame);
  if (data === null) return frame;
  const withCost = addCost(data, costUsd);
  return withCost === data ? frame : Buffer.concat([DATA, withCost, FRAME_END]);
}

const DATA = Buffer.from('data: ');
const FRAME_END = Buffer.from('\n\n');

/** The last chunk of a stream whose provider reported no usage: what was counted and what it cost. */
export function usageFrame(inputTokens: number, outputTokens: number, costUsd: string): Buffer {
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  const chunk = { id: '', object: 'chat.completion.chunk', created: 0, model: '', choices: [], usage };
  return addCostToFrame(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), costUsd);
}
