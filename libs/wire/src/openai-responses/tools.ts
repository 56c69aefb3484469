import type { Tool, ToolChoice } from '../canonical/index.js';
import { vendorTool } from '../canonical/vendor-tools.js';
import { fieldsOf, objectsOf, textOrNull, type RequestObject } from '../json-object.js';

/**
 * Tools of the Responses API that other protocols know only as functions: `custom` takes free text, `local_shell` runs a
 * command at the client. Both become functions on the way to the provider, and their calls what they were on the way back.
 */
export type ToolKind = 'function' | 'custom' | 'local_shell';

export const LOCAL_SHELL = 'local_shell';
const KINDS: readonly unknown[] = ['function', 'custom', LOCAL_SHELL] satisfies ToolKind[];

const CUSTOM_PARAMETERS = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
};

const LOCAL_SHELL_PARAMETERS = {
  type: 'object',
  properties: {
    command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments.' },
    working_directory: { type: 'string', description: 'Where to run it.' },
    timeout_ms: { type: 'integer', description: 'How long it may run, in milliseconds.' },
  },
  required: ['command'],
};

/** The tools that the client runs itself, as functions; the names of all others. */
export function decodeTools(body: RequestObject): { tools: Tool[]; inexpressible: string[] } {
  const all = body.objects('tools');
  const isOwn = (tool: RequestObject): boolean => KINDS.includes(tool.string('type'));
  return {
    tools: all.filter(isOwn).map(decodeTool),
    inexpressible: all.filter((tool) => !isOwn(tool)).map((tool) => vendorTool(tool.string('type'))),
  };
}

function decodeTool(tool: RequestObject): Tool {
  switch (tool.string('type')) {
    case 'custom':
      return {
        name: tool.string('name'),
        description: customDescription(tool),
        parameters: CUSTOM_PARAMETERS,
        strict: null,
      };
    case LOCAL_SHELL:
      return {
        name: LOCAL_SHELL,
        description: 'Runs a command in a shell on the machine of the user and gives its output.',
        parameters: LOCAL_SHELL_PARAMETERS,
        strict: null,
      };
    default:
      return {
        name: tool.string('name'),
        description: tool.optionalString('description'),
        parameters: tool.optionalObject('parameters')?.json ?? null,
        strict: tool.optionalBoolean('strict'),
      };
  }
}

/** No other protocol can hold a model to a grammar: it is told of it. */
function customDescription(tool: RequestObject): string | null {
  const description = tool.optionalString('description');
  const format = tool.optionalObject('format');
  if (format?.optionalString('type') !== 'grammar') return description;
  const grammar = `The input must follow this ${format.string('syntax')} grammar:\n${format.string('definition')}`;
  return description === null ? grammar : `${description}\n\n${grammar}`;
}

/** Which tools of a request are more than functions, by name. */
export function toolKindsOf(request: unknown): ReadonlyMap<string, ToolKind> {
  const kinds = new Map<string, ToolKind>();
  for (const tool of objectsOf(fieldsOf(request)['tools'])) {
    if (tool['type'] === LOCAL_SHELL) kinds.set(LOCAL_SHELL, LOCAL_SHELL);
    if (tool['type'] === 'custom') kinds.set(textOrNull(tool['name']) ?? '', 'custom');
  }
  return kinds;
}

/** What may be called, and which tools are left of those given. */
export function decodeToolChoice(
  body: RequestObject,
  tools: readonly Tool[],
): { toolChoice: ToolChoice | null; tools: readonly Tool[]; inexpressible: string[] } {
  if (!body.has('tool_choice')) return { toolChoice: null, tools, inexpressible: [] };
  const word = body.json['tool_choice'];
  if (word === 'auto' || word === 'none' || word === 'required') {
    return { toolChoice: { kind: word }, tools, inexpressible: [] };
  }
  const choice = body.optionalObject('tool_choice')!;
  const type = choice.string('type');
  switch (type) {
    case 'function':
    case 'custom':
      return { toolChoice: { kind: 'tool', name: choice.string('name') }, tools, inexpressible: [] };
    case LOCAL_SHELL:
      return { toolChoice: { kind: 'tool', name: LOCAL_SHELL }, tools, inexpressible: [] };
    case 'allowed_tools': {
      const allowed = choice.objects('tools').map((tool) => tool.optionalString('name') ?? tool.string('type'));
      const kind = choice.optionalString('mode') === 'required' ? 'required' : 'auto';
      return { toolChoice: { kind }, tools: tools.filter(({ name }) => allowed.includes(name)), inexpressible: [] };
    }
    default:
      return { toolChoice: null, tools, inexpressible: [`tool_choice (${type})`] };
  }
}

/** The free text of a custom tool's call; what a model wrote against the schema is handed on as it is. */
export function customInputOf(argumentsJson: string): string {
  try {
    return textOrNull(fieldsOf(JSON.parse(argumentsJson))['input']) ?? argumentsJson;
  } catch {
    return argumentsJson;
  }
}

/** The action of a `local_shell` call. */
export function shellActionOf(argumentsJson: string): object {
  const given = parse(argumentsJson);
  const { command } = given;
  const words = Array.isArray(command) ? command.map(String) : ['bash', '-lc', textOrNull(command) ?? argumentsJson];
  return {
    type: 'exec',
    command: words,
    env: {},
    ...(typeof given['timeout_ms'] === 'number' && { timeout_ms: given['timeout_ms'] }),
    ...(typeof given['working_directory'] === 'string' && { working_directory: given['working_directory'] }),
  };
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(json));
  } catch {
    return {};
  }
}
