import type { RequestOf, ResponseOf, RpcContract } from '@ao/contracts';
import { AppError, toAppError, type Logger } from '@ao/kernel';
import { Replay, type MessageContext, type RpcHandler } from './bus.js';
import { decodeMessage, encodeErrorReply, encodeMessage, encodeReply } from './codec.js';

/**
 * Answers one request with the text of a reply. Never rejects: whatever goes wrong becomes an error reply, and what the
 * handler did not mean to refuse is logged.
 */
export async function answerRequest<C extends RpcContract>(
  contract: C,
  handler: RpcHandler<C>,
  text: string,
  context: MessageContext,
  logger: Logger,
): Promise<string> {
  try {
    const request = decodeMessage(contract.request, text, contract.subject) as RequestOf<C>;
    const answer = await handler(request, context);
    if (answer instanceof Replay) return encodeReply(encodeResponse(contract, answer.response), { replayed: true });
    return encodeReply(encodeResponse(contract, answer));
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal_error') {
      logger.error({ err: error, subject: contract.subject, requestId: context.requestId }, 'request handler failed');
    }
    return encodeErrorReply(error);
  }
}

/** A response that breaks its contract is the owner's fault, not an `invalid_parameter` of the caller. */
function encodeResponse<C extends RpcContract>(contract: C, response: ResponseOf<C>): string {
  try {
    return encodeMessage(contract.response, response, contract.subject);
  } catch (cause) {
    throw toAppError(new Error(`the response of ${contract.subject} broke its contract`, { cause }));
  }
}
