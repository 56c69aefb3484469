import { AppError, type Logger } from '@ao/kernel';
import { parseBody } from '@ao/wire';
import type { InboundCall, Responder } from '../calls/call.js';
import type { ResolvePrevious } from './resolve-previous.js';
import { StoringResponder } from './storing-responder.js';
import type { StoreAnswer } from './store-answer.js';

/** What calls of `POST /v1/responses` have beyond others: what they go on from, and that their answers are kept. */
export class ResponseCalls {
  constructor(
    private readonly resolvePrevious: ResolvePrevious,
    private readonly storeAnswer: StoreAnswer,
    private readonly logger: Logger,
  ) {}

  /**
   * The call with what it refers to in its body; untouched where it refers to nothing. `background` is answered in the
   * call itself: at a provider it would run, and cost, unseen.
   * @throws AppError as `ResolvePrevious`; `invalid_json`; `invalid_parameter`.
   */
  async prepare(call: InboundCall): Promise<{ call: InboundCall; wrap: (out: Responder) => Responder }> {
    const original = parseBody(call.body);
    const { background, ...foreground } = original;
    if (background === true && original['store'] === false) {
      throw new AppError('invalid_parameter', "'background' needs 'store': its answer is fetched later.", {
        param: 'background',
      });
    }
    const asked = background === true ? foreground : original;
    const resolved = await this.resolvePrevious.execute(asked, call.principal);
    const wrap = (out: Responder): Responder =>
      new StoringResponder(out, this.storeAnswer, { principal: call.principal, request: original }, this.logger);
    if (resolved === original) return { call, wrap };
    return { call: { ...call, body: Buffer.from(JSON.stringify(resolved)), original: foreground }, wrap };
  }
}
