// ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http) over the embedded engine, as far as the official
// client uses it, so that tests reach a real HTTP server with a real ClickHouse behind it where none can be installed.
// Usage: node front.mjs <port> <folder>. One request at a time: the engine's session is shared.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import chdb from 'chdb/connection';

const [port, folder] = process.argv.slice(2);
const connection = chdb.createChdbConnection({ path: folder });
const BODY_BYTES_MAX = 256 * 1024 * 1024;
const OWN_PARAMETERS = new Set([
  'query',
  'database',
  'query_id',
  'session_id',
  'default_format',
  'compress',
  'decompress',
  'role',
]);
/** Of the HTTP layer of a server; the engine does not know them. */
const HTTP_SETTINGS =
  /^(wait_end_of_query|send_progress_in_http_headers|http_.*|enable_http_compression|cancel_http_readonly_queries_on_client_close)$/;

const unescapeTabSeparated = (text) =>
  text.replace(/\\(.)/g, (_, char) => ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', 0: '\0' })[char] ?? char);
const literal = (text) => `'${text.replace(/[\\']/g, (char) => `\\${char}`)}'`;

function bindParameters(sql, parameters) {
  return sql.replace(/\{(\w+)\s*:\s*([^{}]+)\}/g, (placeholder, name, type) => {
    const value = parameters.get(`param_${name}`);
    if (value === null) return placeholder;
    if (type.trim() === 'Identifier') return `\`${value.replace(/[\\`]/g, (char) => `\\${char}`)}\``;
    if (value === '\\N') return `CAST(NULL AS ${type})`;
    const isText = /^(Nullable\(|LowCardinality\()*(String|FixedString)/.test(type.trim());
    return `CAST(${literal(isText ? unescapeTabSeparated(value) : value)} AS ${type})`;
  });
}

async function run(parameters, body) {
  const inUrl = parameters.get('query');
  const settings = [...parameters].filter(
    ([name]) => !OWN_PARAMETERS.has(name) && !name.startsWith('param_') && !HTTP_SETTINGS.test(name),
  );
  const database = parameters.get('database');
  // Rows sent after an INSERT are data: nothing may be replaced in them.
  const sql =
    inUrl === null
      ? bindParameters(body.toString(), parameters)
      : `${bindParameters(inUrl, parameters)}\n${body.toString()}`;
  if (database) await connection.command({ query: `USE \`${database}\`` });
  for (const [name, value] of settings) await connection.command({ query: `SET ${name} = ${literal(value)}` });
  try {
    if (inUrl !== null && body.length === 0 && /^\s*insert\b/i.test(inUrl)) return Buffer.alloc(0);
    const { stream } = await connection.query({ query: sql });
    return await buffer(stream);
  } finally {
    for (const [name] of settings) await connection.command({ query: `SET ${name} = DEFAULT` });
    if (database) await connection.command({ query: 'USE default' });
  }
}

function send(response, status, headers, body) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', ...headers }).end(body);
}

let last = Promise.resolve();
const inTurn = (work) => (last = last.then(work, work));

const server = createServer((request, response) => void answer(request, response));

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/ping') return send(response, 200, {}, 'Ok.\n');
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return send(response, 413, {}, 'too large');
  const body = await buffer(request);
  const id = { 'x-clickhouse-query-id': url.searchParams.get('query_id') ?? '' };
  try {
    const answer = await inTurn(() => run(url.searchParams, body));
    const summary = {
      read_rows: '0',
      read_bytes: '0',
      written_rows: '0',
      written_bytes: '0',
      total_rows_to_read: '0',
      result_rows: '0',
      result_bytes: String(answer.length),
      elapsed_ns: '0',
    };
    send(response, 200, { ...id, 'x-clickhouse-summary': JSON.stringify(summary) }, answer);
  } catch (error) {
    const { code = '0', type = 'UNKNOWN', message } = error;
    send(
      response,
      500,
      { ...id, 'x-clickhouse-exception-code': code },
      `Code: ${code}. DB::Exception: ${message} (${type})`,
    );
  }
}
server.keepAliveTimeout = 10_000;
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));

async function stop() {
  server.close();
  server.closeAllConnections();
  await last.catch(() => undefined);
  await connection.close();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
