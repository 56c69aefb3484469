import type { ChatRequest, OfferedTool } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { isFields, listOfFields, type Fields } from '../fields.js';
import { decodeSegment } from '../json-operation.js';
import type { Call, DecodedCall, Operation, RefusedCall } from '../protocol.js';
import { blockedPrompt, encodeChat } from './encode-chat.js';
import { encodeChatStream, framingOf, type Framing } from './encode-chat-stream.js';
import { encodeProblem, errorJson } from './errors.js';
import { checkAccess, field, readGeneration } from './validate.js';

/** `POST …/models/{model}:generateContent`. */
export function generate(model: string): Operation {
  return (call) => answerGeneration(call, model, undefined);
}

/** `POST …/models/{model}:streamGenerateContent`: events with `?alt=sse`, or else one JSON array that grows. */
export function streamGenerate(model: string): Operation {
  return (call) => answerGeneration(call, model, framingOf(new URLSearchParams(call.query).get('alt')));
}

function answerGeneration(call: Call, model: string, framing: Framing | undefined): DecodedCall | RefusedCall {
  const refusal = checkAccess(call);
  if (refusal !== undefined) return refusal;
  const read = readGeneration(call.body);
  if (read.kind === 'refused') return read;
  const request = toChatRequest(read.fields);
  return {
    kind: 'decoded',
    model: decodeSegment(model),
    answer: (context) => {
      const answer = planAnswer(request, context.behaviour);
      const { choiceCount } = request;
      return framing === undefined
        ? encodeChat(answer, context, choiceCount)
        : encodeChatStream(answer, context, choiceCount, framing);
    },
    encodeProblem: (problem, id) => {
      const blocked = problem.kind === 'content_policy' && problem.message === undefined;
      const reply = encodeProblem(problem);
      const body = blocked ? blockedPrompt(problem.model, id, request.inputCharacters) : errorJson(problem);
      if (problem.kind === 'bad_gateway_html') return reply;
      const status = blocked ? 200 : reply.status;
      if (framing === undefined) return { ...reply, status, body };
      // An error of a stream keeps the form of JSON even where events were asked for; only an answer is an event.
      if (framing.kind === 'array') return { ...reply, status, body: framing.open + body + framing.end };
      return blocked
        ? { ...reply, status, contentType: framing.contentType, body: framing.before + body + framing.last }
        : reply;
    },
  };
}

/** What the answer depends on; call after `readGeneration`. */
export function toChatRequest(fields: Fields): ChatRequest {
  const contents = listOfFields(fields['contents']);
  const system = field(fields, 'systemInstruction');
  let inputCharacters = isFields(system) ? textOf(system).length : 0;
  let question = '';
  for (const content of contents) {
    const text = textOf(content);
    inputCharacters += text.length;
    if (content['role'] !== 'model' && text !== '') question = text;
  }
  const given = field(fields, 'generationConfig');
  const config = isFields(given) ? given : {};
  const { tools, toolChoice } = toolsOf(fields);
  const stops = field(config, 'stopSequences');
  return {
    question,
    inputCharacters,
    tools,
    toolChoice,
    endsWithToolResult: listOfFields(contents.at(-1)?.['parts']).some(
      (part) => field(part, 'functionResponse') !== undefined,
    ),
    outputTokensMax: numberOf(config, 'maxOutputTokens'),
    stopSequences: Array.isArray(stops) ? stops.filter((stop) => typeof stop === 'string') : [],
    format: formatOf(config),
    choiceCount: numberOf(config, 'candidateCount') ?? 1,
  };
}

function numberOf(config: Fields, name: string): number | undefined {
  const value = field(config, name);
  return typeof value === 'number' ? value : undefined;
}

/** All text of a content, calls and their results written out. */
export function textOf(content: Fields): string {
  return listOfFields(content['parts'])
    .map((part) => {
      if (typeof part['text'] === 'string') return part['text'];
      const called = field(part, 'functionCall') ?? field(part, 'functionResponse');
      return called === undefined ? '' : JSON.stringify(called);
    })
    .join('');
}

function toolsOf(fields: Fields): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const tools: OfferedTool[] = listOfFields(fields['tools'])
    .flatMap((tool) => listOfFields(field(tool, 'functionDeclarations')))
    .map((declared) => ({
      name: String(declared['name']),
      parameters: field(declared, 'parametersJsonSchema') ?? declared['parameters'],
    }));
  const config = field(fields, 'toolConfig');
  const calling = isFields(config) ? field(config, 'functionCallingConfig') : undefined;
  if (!isFields(calling)) return { tools, toolChoice: 'auto' };
  const allowed = field(calling, 'allowedFunctionNames');
  const offered = Array.isArray(allowed) ? tools.filter(({ name }) => allowed.includes(name)) : tools;
  if (calling['mode'] === 'NONE') return { tools, toolChoice: 'none' };
  return { tools: offered, toolChoice: calling['mode'] === 'ANY' ? 'required' : 'auto' };
}

function formatOf(config: Fields): ChatRequest['format'] {
  if (field(config, 'responseMimeType') !== 'application/json') return 'text';
  const schema = field(config, 'responseJsonSchema') ?? field(config, 'responseSchema');
  return schema === undefined ? 'json' : { schema };
}
