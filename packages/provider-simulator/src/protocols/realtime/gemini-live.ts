import type { OfferedTool } from '../../answers/chat-request.js';
import type { Answer } from '../../answers/plan-answer.js';
import { layerBehaviour, type Behaviour } from '../../behaviour/behaviour.js';
import { parseDirectives } from '../../behaviour/parse-directives.js';
import { splitModel } from '../../behaviour/split-model.js';
import { answerParts } from '../answer-parts.js';
import { errorOf } from '../openai/errors.js';
import { textOf } from '../chat-fields.js';
import { isFields, listOfFields, parseArguments, type Fields } from '../fields.js';
import type { AnswerContext, EncodeProblem } from '../protocol.js';
import type { Dialogue, SocketMessage, SocketProtocol } from '../socket-protocol.js';
import { parseMessage, planTurn, SILENT, withText, withToolResult, type Conversation } from './plan-turn.js';

/** Of the Gemini API and of Vertex AI, whatever their version. */
const PATH = /^\/ws\/google\.[\w.]+(\/BidiGenerateContent|\.BidiGenerateContent)$/;

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
const CODES: Readonly<Record<string, number>> = {
  authentication: 401,
  permission: 403,
  model_not_found: 404,
  rate_limit: 429,
  insufficient_quota: 429,
  internal: 500,
  bad_gateway: 502,
  overloaded: 503,
  gateway_timeout: 504,
};

const encodeProblem: EncodeProblem = (problem) => {
  const code = CODES[problem.kind] ?? 400;
  const { message } = errorOf(problem);
  const body = JSON.stringify({ error: { code, message, status: STATUS_NAMES[code] ?? 'INTERNAL' } });
  return { kind: 'whole', status: code, contentType: 'application/json; charset=UTF-8', body };
};

/** Google's Live API: text in, text or function calls out; sound and pictures are taken and not looked at. */
export const geminiLiveProtocol: SocketProtocol = {
  name: 'gemini-live',
  matches: (path) => PATH.test(path),
  modelOf: () => '',
  encodeProblem,
  binary: true,
  start: (context) => new LiveDialogue(context),
};

class LiveDialogue implements Dialogue {
  behaviour: Readonly<Behaviour>;
  private conversation: Conversation = SILENT;
  private callCount = 0;

  constructor(private readonly context: AnswerContext) {
    this.behaviour = context.behaviour;
  }

  greeting(): Iterable<SocketMessage> {
    return [];
  }

  *answer(message: string): Iterable<SocketMessage> {
    const parsed = parseMessage(message);
    const { setup, clientContent, realtimeInput, toolResponse } = parsed ?? {};
    if (isFields(setup)) {
      yield this.setUp(setup);
    } else if (isFields(clientContent)) {
      this.conversation = withText(this.conversation, textOfTurns(clientContent['turns']));
      if (clientContent['turnComplete'] !== false) yield* this.say();
    } else if (isFields(toolResponse)) {
      this.conversation = withToolResult(this.conversation, JSON.stringify(toolResponse).length);
      yield* this.say();
    } else if (isFields(realtimeInput)) {
      if (typeof realtimeInput['text'] !== 'string') return;
      this.conversation = withText(this.conversation, realtimeInput['text']);
      yield* this.say();
    } else {
      yield { text: message };
    }
  }

  /** A live session says that it is going before it ends. */
  error(): string {
    return JSON.stringify({ goAway: { timeLeft: '0s' } });
  }

  /** The model's directives add to those of the connection. */
  private setUp(setup: Fields): SocketMessage {
    const { directives } = splitModel(String(setup['model']));
    const parsed = parseDirectives(directives ?? '');
    if (parsed.kind === 'parsed') this.behaviour = layerBehaviour(this.behaviour, parsed.behaviour);
    this.conversation = { ...this.conversation, tools: toolsOf(setup['tools']) };
    return { text: JSON.stringify({ setupComplete: { sessionId: this.context.id } }) };
  }

  private *say(): Iterable<SocketMessage> {
    const answer = planTurn(this.conversation, this.behaviour);
    const { text, toolCalls } = answerParts(answer);
    for (const token of text?.tokens ?? []) {
      const modelTurn = { role: 'model', parts: [{ text: token }] };
      yield { text: JSON.stringify({ serverContent: { modelTurn } }), isToken: true };
    }
    const usage = this.behaviour.usage ? { usageMetadata: encodeUsage(answer) } : {};
    if (toolCalls.length > 0) {
      const functionCalls = toolCalls.map(({ toolName, content }) => {
        this.callCount += 1;
        return { id: `call_${this.context.id}${this.callCount}`, name: toolName, args: parseArguments(content) };
      });
      yield { text: JSON.stringify({ toolCall: { functionCalls }, ...usage }), isToken: true };
      return;
    }
    yield { text: JSON.stringify({ serverContent: { generationComplete: true } }) };
    if (this.behaviour.endMarker) yield { text: JSON.stringify({ serverContent: { turnComplete: true }, ...usage }) };
  }
}

function encodeUsage({ usage }: Answer): object {
  const { inputTokens, cachedTokens, outputTokens, reasoningTokens } = usage;
  const responseTokenCount = outputTokens - reasoningTokens;
  return {
    promptTokenCount: inputTokens,
    cachedContentTokenCount: cachedTokens,
    responseTokenCount,
    thoughtsTokenCount: reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    responseTokensDetails: [{ modality: 'TEXT', tokenCount: responseTokenCount }],
  };
}

function textOfTurns(turns: unknown): string {
  return textOf(listOfFields(turns).flatMap(({ parts }) => listOfFields(parts)));
}

function toolsOf(tools: unknown): OfferedTool[] {
  return listOfFields(tools)
    .flatMap(({ functionDeclarations }) => listOfFields(functionDeclarations))
    .map(({ name, parameters, parametersJsonSchema }) => ({
      name: String(name),
      parameters: parametersJsonSchema ?? parameters,
    }));
}
