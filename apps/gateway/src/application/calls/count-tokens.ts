import {
  anthropic,
  decodeCountTokensRequest,
  encodeTokenCount,
  parseBody,
  type ConversationProtocol,
  type ConversationRequest,
} from '@ao/wire';
import { limitedCall } from '../limits/limited-call.js';
import type { Limits } from '../limits/limits.js';
import type { ModelState } from '../model-state.js';
import type { Upstream, UpstreamAnswer } from '../ports.js';
import { attributionOf } from './attribution.js';
import type { InboundCall } from './call.js';
import { startCourse } from './choose-route.js';
import type { PlanOptions } from './plan-call.js';
import { protocolsOf } from './provider-protocols.js';
import { countConversation, renameModel } from './requests/read-conversation.js';
import type { Route } from './route.js';
import { plainQuestion } from './route-question.js';

type Json = Readonly<Record<string, unknown>>;

/** How a protocol asks for the tokens of a prompt, and tells them. */
interface TokenCounting {
  protocol: ConversationProtocol;
  /** The connector's endpoint. */
  endpoint: string;
  /** @throws AppError naming the field at fault. */
  decode: (json: Json) => ConversationRequest;
  rename: (body: Buffer, json: Json, model: string) => Buffer;
  /** The count in a provider's answer; undefined where it has none. */
  countIn: (answer: Json) => unknown;
  encode: (tokens: number) => string;
}

const ANTHROPIC: TokenCounting = {
  protocol: 'anthropic',
  endpoint: 'messages/count_tokens',
  // A request to count says nothing of the answer's length.
  decode: (json) => anthropic.decodeRequest({ ...json, max_tokens: 1 }),
  rename: renameModel,
  countIn: (answer) => answer['input_tokens'],
  encode: (tokens) => JSON.stringify({ input_tokens: tokens }),
};

const GEMINI: TokenCounting = {
  protocol: 'gemini',
  endpoint: 'countTokens',
  decode: decodeCountTokensRequest,
  rename: (body) => body,
  countIn: (answer) => answer['totalTokens'],
  encode: encodeTokenCount,
};

/** Counts prompts: by the provider where it speaks the caller's protocol, which is exact and free; else by ourselves. */
export class CountTokens {
  constructor(
    private readonly state: ModelState,
    private readonly limits: Limits,
    private readonly upstream: Upstream,
    private readonly options: PlanOptions,
  ) {}

  /**
   * The answer to a request to count, in the caller's protocol. Costs nothing, and counts as a request.
   * @throws AppError whatever is wrong with the request, its route, or the caller's limits.
   */
  async execute(call: InboundCall): Promise<string> {
    const counting = call.endpoint === '/v1/messages' ? ANTHROPIC : GEMINI;
    const json = { ...parseBody(call.body), ...(call.inPath && { model: call.inPath.model }) };
    const request = counting.decode(json);
    const { route } = startCourse(plainQuestion(request.model, call.principal, call), {
      ownKey: call.ownKey,
      router: this.state.router,
      direct: this.options.direct,
    });
    const attribution = attributionOf(call, { tags: [], endUserId: null });
    const admitted = this.limits.admit(limitedCall(call, { route, request, attribution, promptTokensBound: 0 }));
    const admission = admitted && (await admitted);
    try {
      const told = await this.askProvider(call, json, counting, route);
      return counting.encode(told ?? countConversation(request, route.model));
    } finally {
      admission?.finish(0);
    }
  }

  /** Null where it cannot say: an estimate is better than no answer. */
  private async askProvider(
    call: InboundCall,
    json: Json,
    { protocol, endpoint, rename, countIn }: TokenCounting,
    { provider, model }: Route,
  ): Promise<number | null> {
    if (!protocolsOf(provider.kind, model).conversations.includes(protocol)) return null;
    try {
      const answer = await this.upstream.send(provider, {
        endpoint,
        model,
        body: rename(call.body, json, model),
        headers: call.protocolHeaders,
        stream: false,
        correlationId: call.correlationId,
        signal: call.signal,
      });
      const count = countIn(await bodyOf(answer));
      return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : null;
    } catch (error) {
      if (call.signal.aborted) throw error;
      return null;
    }
  }
}

async function bodyOf(answer: UpstreamAnswer): Promise<Json> {
  const body = await answer.readAll();
  return answer.status === 200 ? (JSON.parse(body.toString('utf8')) as Json) : {};
}
