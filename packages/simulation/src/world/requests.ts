import type { CallOf, RequestOf, ResponseOf, RpcContract } from '@ao/contracts';
import { decodeMessage, encodeMessage } from '@ao/bus';
import { AppError } from '@ao/kernel';
import type { Life } from '../engine/life.js';
import type { Random } from '../engine/random.js';
import type { Weather } from './weather.js';

/** A process that answers requests. */
export interface Responder {
  readonly life: Life;
  answer(contract: RpcContract, request: unknown): Promise<unknown>;
}

interface Question {
  from: Life;
  contract: RpcContract;
  text: string;
  responders: () => readonly Responder[];
  /** Answers for a service that is not there. */
  away: () => void;
  resolve: (reply: Reply) => void;
}

type Reply = { text: string } | { refusal: AppError };

/**
 * Request and reply over a network that loses, delays and repeats. As on the real bus each question goes to one of the
 * replicas, messages pass as the text of their contract, and whoever hears nothing in time gets `backend_unavailable`.
 */
export class Requests {
  constructor(
    private readonly weather: Weather,
    private readonly random: Random,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** @param responders All that answer under this name, dead ones too. */
  async ask<C extends RpcContract>(
    from: Life,
    contract: C,
    request: CallOf<C>,
    responders: () => readonly Responder[],
  ): Promise<ResponseOf<C>> {
    const text = encodeMessage(contract.request, request as RequestOf<C>, contract.subject);
    const reply = await new Promise<Reply>((resolve) => {
      const away = (): void =>
        resolve({
          refusal: new AppError('backend_unavailable', `The ${contract.owner} service did not answer in time.`),
        });
      from.after(contract.deadlineMs, `${contract.subject} deadline`, away);
      const send = (): void => this.send({ from, contract, text, responders, away, resolve });
      send();
      if (this.weather.strikes('requestTwice')) send();
    });
    if ('refusal' in reply) throw reply.refusal;
    return decodeMessage(contract.response, reply.text, contract.subject) as ResponseOf<C>;
  }

  private send({ from, contract, text, responders, away, resolve }: Question): void {
    if (!this.weather.isConnected(from.name) || this.weather.strikes('requestLost')) return;
    from.explain(() => `sends ${contract.subject} ${text}`);
    from.after(this.weather.messageMs(), `asks ${contract.subject}`, () => {
      const alive = responders().filter(({ life }) => life.isAlive);
      if (alive.length === 0) return away();
      const responder = this.random.pick(alive);
      const { life } = responder;
      if (!this.weather.isConnected(life.name)) return;
      void this.answer(responder, contract, text).then((reply) => {
        if (!life.isAlive || !this.areConnected(from, life) || this.weather.strikes('answerLost')) return;
        life.explain(() => `answers ${contract.subject} ${'text' in reply ? reply.text : reply.refusal.code}`);
        from.after(this.weather.messageMs(), `is answered by ${life.name}`, () => resolve(reply));
      });
    });
  }

  private areConnected(one: Life, other: Life): boolean {
    return this.weather.isConnected(one.name) && this.weather.isConnected(other.name);
  }

  private async answer(responder: Responder, contract: RpcContract, text: string): Promise<Reply> {
    try {
      const request = decodeMessage(contract.request, text, contract.subject);
      const response = await responder.answer(contract, request);
      return { text: encodeMessage(contract.response, response, contract.subject) };
    } catch (error) {
      if (error instanceof AppError) return { refusal: error };
      this.onFault(error);
      return { refusal: new AppError('internal_error', 'The request failed.') };
    }
  }
}
