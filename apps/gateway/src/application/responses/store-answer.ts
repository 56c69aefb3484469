import type { Principal } from '@ao/contracts';
import type { Logger } from '@ao/kernel';
import { inputItemsOf } from './input-items.js';
import type { ResponseStore } from './ports.js';
import type { ResponseContents } from './response-contents.js';

type Json = Readonly<Record<string, unknown>>;

export interface AnsweredCall {
  readonly principal: Principal;
  readonly providerId: string;
  /** The caller's own body. */
  readonly request: Json;
  /** As the caller gets it. */
  readonly response: Json;
}

/** Keeps an answer for `previous_response_id` and `GET /v1/responses/{id}`, unless its caller wants it forgotten. */
export class StoreAnswer {
  constructor(
    private readonly store: ResponseStore,
    private readonly contents: ResponseContents,
    private readonly logger: Logger,
  ) {}

  /** Whether it is kept. An answer that cannot be kept is given all the same, and says so (`store: false`). */
  async execute({ principal, providerId, request, response }: AnsweredCall): Promise<boolean> {
    const { id, model } = response;
    if (request['store'] === false || typeof id !== 'string' || typeof model !== 'string') return false;
    const input = inputItemsOf(request['input'], id);
    const { previous_response_id: before } = request;
    const previousId = typeof before === 'string' ? before : null;
    const content = this.contents.pack(principal.orgId, id, { input, response, previousId });
    if (content === null) return false;
    try {
      await this.store.save(principal, { id, model, providerId, content });
      return true;
    } catch (error) {
      this.logger.warn({ err: error, responseId: id }, 'a response could not be stored');
      return false;
    }
  }
}
