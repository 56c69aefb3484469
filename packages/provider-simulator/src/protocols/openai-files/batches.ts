import type { ShelfKind } from '../../memory/memory.js';
import { isFields, type Fields } from '../fields.js';
import { invalidValue, missing } from '../openai/validate.js';
import { pageOf } from '../paging.js';
import { refuse, type AnswerContext, type Call, type DecodedCall, type RefusedCall } from '../protocol.js';
import { answerWith, jsonReply, secondsOf } from '../replies.js';
import { BATCH_ENDPOINTS, runLine, type LineResult } from './run-line.js';
import { FILES, noSuch } from './stored.js';

type Batch = Fields & { readonly id: string };

const BATCHES: ShelfKind<Batch> = { name: 'batches', countMax: 1000, bytesMax: 1000, byteCountOf: () => 1 };
const DAY_SECONDS = 86_400;
/** OpenAI's own limit. */
const LINES_MAX = 50_000;

/** `POST /v1/batches`. */
export function createBatch(call: Call): DecodedCall | RefusedCall {
  const fields = isFields(call.body) ? call.body : {};
  const { input_file_id: fileId, endpoint, completion_window: window, metadata = null } = fields;
  if (typeof fileId !== 'string') return missing('input_file_id');
  if (!BATCH_ENDPOINTS.includes(String(endpoint))) {
    return invalidValue('endpoint', `expected one of ${BATCH_ENDPOINTS.join(', ')}.`);
  }
  if (window !== '24h') return invalidValue('completion_window', "expected '24h'.");
  if (call.memory.shelf(FILES).get(fileId) === undefined) return noSuch('File', fileId);
  return answerWith((context) => {
    const created = secondsOf(context);
    const batch: Batch = {
      id: `batch_${context.id}`,
      object: 'batch',
      endpoint,
      errors: null,
      input_file_id: fileId,
      completion_window: window,
      status: 'validating',
      output_file_id: null,
      error_file_id: null,
      created_at: created,
      expires_at: created + DAY_SECONDS,
      request_counts: { total: 0, completed: 0, failed: 0 },
      metadata,
    };
    call.memory.shelf(BATCHES).set(batch.id, batch);
    return jsonReply(batch);
  });
}

/** `GET /v1/batches`. */
export function listBatches(call: Call): DecodedCall {
  return answerWith(() => jsonReply(pageOf(call.memory.shelf(BATCHES).items, call.query)));
}

/** `GET /v1/batches/{id}`: checked and in progress at the first look, done at the next. */
export function showBatch(call: Call, id: string): DecodedCall | RefusedCall {
  const batch = call.memory.shelf(BATCHES).get(id);
  if (batch === undefined) return noSuch('Batch', id);
  return answerWith((context) => {
    const next = advance(batch, call, context);
    call.memory.shelf(BATCHES).set(id, next);
    return jsonReply(next);
  });
}

/** `POST /v1/batches/{id}/cancel`: cancelling now, cancelled at the next look. */
export function cancelBatch(call: Call, id: string): DecodedCall | RefusedCall {
  const batch = call.memory.shelf(BATCHES).get(id);
  if (batch === undefined) return noSuch('Batch', id);
  if (batch['status'] !== 'validating' && batch['status'] !== 'in_progress') {
    const message = `Cannot cancel a batch with status '${String(batch['status'])}'.`;
    return refuse({ kind: 'invalid_request', model: '', message });
  }
  return answerWith((context) => {
    const cancelling: Batch = { ...batch, status: 'cancelling', cancelling_at: secondsOf(context) };
    call.memory.shelf(BATCHES).set(id, cancelling);
    return jsonReply(cancelling);
  });
}

function advance(batch: Batch, call: Call, context: AnswerContext): Batch {
  const now = secondsOf(context);
  if (batch['status'] === 'cancelling') return { ...batch, status: 'cancelled', cancelled_at: now };
  if (batch['status'] !== 'validating' && batch['status'] !== 'in_progress') return batch;
  const lines = readLines(batch, call);
  if (!Array.isArray(lines)) return { ...batch, status: 'failed', failed_at: now, errors: lines };
  if (batch['status'] === 'validating') {
    const request_counts = { total: lines.length, completed: 0, failed: 0 };
    return { ...batch, status: 'in_progress', in_progress_at: now, request_counts };
  }
  return complete(batch, lines, call, context);
}

/** The requests of the input file, or OpenAI's list of what is wrong with them. */
function readLines(batch: Batch, call: Call): Fields[] | object {
  const file = call.memory.shelf(FILES).get(String(batch['input_file_id']));
  const texts = Buffer.from(file?.content ?? [])
    .toString()
    .split('\n')
    .filter((text) => text.trim() !== '');
  const problem = (code: string, message: string, line: number | null): object => ({
    object: 'list',
    data: [{ code, message, param: null, line }],
  });
  if (texts.length === 0) return problem('empty_file', 'The input file has no requests.', null);
  if (texts.length > LINES_MAX) return problem('too_many_lines', `At most ${LINES_MAX} requests.`, null);
  const lines: Fields[] = [];
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text);
    if (line === undefined) return problem('invalid_json_line', 'This line is not parseable as JSON.', index + 1);
    if (line['url'] !== batch['endpoint']) {
      return problem('mismatched_url', `The url must be '${String(batch['endpoint'])}' as of the batch.`, index + 1);
    }
    lines.push(line);
  }
  return lines;
}

function parseLine(text: string): Fields | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isFields(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function complete(batch: Batch, lines: readonly Fields[], call: Call, context: AnswerContext): Batch {
  const results = lines.map((line, index) => runLine(line, index, String(batch['endpoint']), call, context));
  const [answered, failed] = [
    results.filter(({ status }) => status < 400),
    results.filter(({ status }) => status >= 400),
  ];
  const now = secondsOf(context);
  return {
    ...batch,
    status: 'completed',
    finalizing_at: now,
    completed_at: now,
    output_file_id: keepResults(answered, `file-${context.id}out`, 'batch_output', call, now),
    error_file_id: keepResults(failed, `file-${context.id}err`, 'batch_errors', call, now),
    request_counts: { total: results.length, completed: answered.length, failed: failed.length },
  };
}

/** Keeps one line per result in a new file; null when there is none. */
function keepResults(
  results: readonly LineResult[],
  fileId: string,
  name: string,
  call: Call,
  nowSeconds: number,
): string | null {
  if (results.length === 0) return null;
  const text = results.map((result) => `${JSON.stringify(encodeResult(result))}\n`).join('');
  const content = Buffer.from(text);
  const described = {
    id: fileId,
    object: 'file',
    bytes: content.length,
    created_at: nowSeconds,
    filename: `${name}.jsonl`,
    purpose: 'batch_output',
    status: 'processed',
  } as const;
  call.memory.shelf(FILES).set(fileId, { described, content });
  return fileId;
}

function encodeResult({ customId, requestId, status, body }: LineResult): object {
  const response = { status_code: status, request_id: requestId, body };
  return { id: requestId.replace('req_', 'batch_req_'), custom_id: customId, response, error: null };
}
