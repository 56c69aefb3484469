import { planAnswer, type Answer } from '../../answers/plan-answer.js';
import { checkMessages } from '../anthropic/check-messages.js';
import { toChatRequest } from '../anthropic/decode-chat.js';
import { encodeChat } from '../anthropic/encode-chat.js';
import { encodeChatStream } from '../anthropic/encode-chat-stream.js';
import { checkSettings } from '../anthropic/validate.js';
import { isFields } from '../fields.js';
import type { AnswerContext, Frame, Operation, Reply, StreamReply } from '../protocol.js';
import { exceptionOf } from './errors.js';
import { brokenFrame, eventFrame } from './event-stream.js';
import { invalid } from './validate.js';

/** `POST /model/{model}/invoke`, with a body of Anthropic's messages: the only bodies of models that are known here. */
export function invoke(model: string): Operation {
  return answerInvocation(model, encodeChat);
}

/** `POST /model/{model}/invoke-with-response-stream`: the events of Anthropic, each in an event of Bedrock. */
export function invokeStream(model: string): Operation {
  return answerInvocation(model, (answer, context) => wrapStream(encodeChatStream(answer, context), context));
}

function answerInvocation(model: string, encode: (answer: Answer, context: AnswerContext) => Reply): Operation {
  return ({ body }) => {
    if (!isFields(body)) return invalid('The request body must be a JSON object.');
    const { anthropic_version: version, anthropic_beta: _beta, ...fields } = body;
    if (version === undefined) return invalid('anthropic_version: Field required');
    const foreign = ['model', 'stream'].find((name) => fields[name] !== undefined);
    if (foreign !== undefined) return invalid(`${foreign}: Extra inputs are not permitted`);
    const wrong = checkMessages(fields['messages']) ?? checkSettings(fields);
    if (wrong !== undefined) return wrong;
    const request = toChatRequest(fields);
    return { kind: 'decoded', model, answer: (context) => encode(planAnswer(request, context.behaviour), context) };
  };
}

/** Each server-sent event of a frame as an event of its own, without its name: the data has it too. */
function wrapFrame(frame: Frame): Buffer {
  const data = [...String(frame).matchAll(/^data: (.*)$/gm)].map(([, text]) => text!);
  return Buffer.concat(
    data.map((text) => eventFrame('chunk', JSON.stringify({ bytes: Buffer.from(text).toString('base64') }))),
  );
}

function wrapStream(stream: StreamReply, { behaviour }: AnswerContext): StreamReply {
  return {
    ...stream,
    contentType: 'application/vnd.amazon.eventstream',
    open: wrapFrame(stream.open),
    token: (index) => wrapFrame(stream.token(index)),
    close: wrapFrame(stream.close),
    malformed: brokenFrame('chunk', '{"bytes":""}'),
    error: exceptionOf(behaviour.streamErrorAs),
  };
}
