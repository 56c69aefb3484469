import { parseArgs } from 'node:util';
import { DIRECTIVES } from '../behaviour/directives.js';
import { parseDirectives } from '../behaviour/parse-directives.js';
import type { SimulatorOptions } from '../start-simulator.js';

export type Command =
  | { readonly kind: 'start'; readonly options: SimulatorOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

const PORT_DEFAULT = 4010;
const OPTIONS = {
  port: { type: 'string', short: 'p', default: String(PORT_DEFAULT) },
  host: { type: 'string', default: '127.0.0.1' },
  seed: { type: 'string', default: '1' },
  record: { type: 'string', default: '1000' },
  defaults: { type: 'string', default: '' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line (without node and script), naming every problem at once. */
export function readArguments(argv: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'refused', problems: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return { kind: 'help' };
  const problems: string[] = [];
  const wholeNumber = (name: 'port' | 'seed' | 'record', maximum: number): number => {
    const value = Number(values[name]);
    const valid = /^\d+$/.test(values[name]) && value <= maximum;
    if (!valid) problems.push(`--${name} must be a whole number from 0 to ${maximum}, not '${values[name]}'`);
    return value;
  };
  const options: SimulatorOptions = {
    port: wholeNumber('port', 65_535),
    host: values.host,
    seed: wholeNumber('seed', 4_294_967_295),
    recordedRequestsMax: wholeNumber('record', 100_000),
    defaults: values.defaults,
  };
  if (values.host === '') problems.push('--host must not be empty');
  const parsed = parseDirectives(values.defaults);
  if (parsed.kind === 'refused') problems.push(...parsed.problems.map((problem) => `--defaults: ${problem}`));
  return problems.length === 0 ? { kind: 'start', options } : { kind: 'refused', problems };
}

/** The text of `--help`. */
export function helpText(): string {
  const directives = Object.entries(DIRECTIVES).map(([name, { help }]) => `  ${name.padEnd(18)} ${help}`);
  return `Usage: ao-provider-simulator [options]

Answers like a model provider, in the protocols of OpenAI, Anthropic, Gemini and Bedrock, with set latency, token figures and
faults.

Options:
  -p, --port <number>  port; 0 for a free one (default ${PORT_DEFAULT})
  --host <address>     address to listen on (default 127.0.0.1)
  --seed <number>      the same seed gives the same answers (default 1)
  --record <number>    requests to remember for GET /_simulator/requests, keys included; 0 for none (default 1000)
  --defaults <list>    directives for every answer, such as 'latency_ms=200&tokens_per_second=50'
  -h, --help           this text

Directives, also in a model name (demo-chat?fault=429), the header x-simulate, or POST /_simulator/behaviour:
${directives.join('\n')}
  ${'header.<name>'.padEnd(18)} one more response header

Exit status: 0 stopped by a signal, 1 could not listen, 2 wrong arguments.
`;
}
