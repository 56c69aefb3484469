import type { Behaviour } from '../behaviour/behaviour.js';
import type { AnswerContext, EncodeProblem } from './protocol.js';

/** A provider's protocol over a WebSocket. */
export interface SocketProtocol {
  readonly name: string;
  /** Whether the path, without the query, is of this protocol. */
  matches(path: string): boolean;
  /** The model in the query as the client sent it, directives and all; empty when it comes in a message. */
  modelOf(query: string): string;
  /** What a client hears that gets no socket. */
  encodeProblem: EncodeProblem;
  /** Whether messages leave as bytes; otherwise as text. */
  readonly binary: boolean;
  start(context: AnswerContext): Dialogue;
}

/** One connection's talk. */
export interface Dialogue {
  /** May change with a message that names the model. */
  readonly behaviour: Readonly<Behaviour>;
  /** What the simulator says before the client says anything. */
  greeting(): Iterable<SocketMessage>;
  /** What a message of the client is answered with, made as it is sent. */
  answer(message: string): Iterable<SocketMessage>;
  /** The provider's complaint before it closes the connection. */
  error(): string;
}

export interface SocketMessage {
  readonly text: string;
  /** A piece of an answer, which keeps the pace of a stream. */
  readonly isToken?: boolean;
}
