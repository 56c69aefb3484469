import type { Usage } from '@ao/pricing';
import type { Answer, AnswerChoice, AnswerEvent, AnswerPart, FinishReason } from './answer.js';
import type { Citation } from './request.js';

/** How much text one event of a whole answer that is told as a stream has at most, in UTF-16 units. */
const PIECE_LENGTH = 256;

/** A whole answer as the events of a stream. */
export function eventsOf({ id, model, choices, usage, serviceTier }: Answer): AnswerEvent[] {
  return [
    { type: 'start', id, model },
    ...choices.flatMap((choice, index) => choiceEvents(choice, index)),
    ...(usage ? [{ type: 'usage' as const, usage, serviceTier }] : []),
    { type: 'done' },
  ];
}

function choiceEvents({ parts, finishReason, stopSequence, logprobs }: AnswerChoice, choice: number): AnswerEvent[] {
  let calls = 0;
  const events = parts.flatMap((part): AnswerEvent[] => {
    if (part.type !== 'tool_call') return partEvents(part, choice, logprobs);
    const index = calls;
    calls += 1;
    const { id, name, argumentsJson: text, signature } = part;
    return [
      { type: 'tool_call', choice, index, id, name, ...(signature !== undefined && { signature }) },
      { type: 'tool_arguments', choice, index, text },
    ];
  });
  return finishReason === null
    ? events
    : [...events, { type: 'finish', choice, reason: finishReason, stopSequence: stopSequence }];
}

function partEvents(
  part: Exclude<AnswerPart, { type: 'tool_call' }>,
  choice: number,
  logprobs: unknown,
): AnswerEvent[] {
  switch (part.type) {
    case 'text': {
      // Probabilities belong to the text as a whole: nothing tells which of them stand for which piece.
      const said: AnswerEvent[] =
        logprobs === null || logprobs === undefined
          ? piecesOf(part.text).map((text) => ({ type: 'text', choice, text }))
          : [{ type: 'text', choice, text: part.text, logprobs }];
      return [...said, ...(part.citations ?? []).map((citation) => ({ type: 'citation' as const, choice, citation }))];
    }
    case 'refusal':
      return [{ type: 'refusal', choice, text: part.text }];
    case 'reasoning': {
      const { signature, redacted } = part;
      return [
        ...piecesOf(part.text).map((text) => ({ type: 'reasoning' as const, choice, text })),
        { type: 'reasoning_proof', choice, signature, redacted },
      ];
    }
  }
}

/** Never through the middle of a character. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + PIECE_LENGTH, text.length);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to += 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** The answer that the events of a stream make up; null for one that told of an error. */
export function assembleAnswer(events: Iterable<AnswerEvent>): Answer | null {
  const assembly = new Assembly();
  for (const event of events) {
    if (event.type === 'error') return null;
    assembly.add(event);
  }
  return assembly.answer();
}

class Assembly {
  private id: string | null = null;
  private model: string | null = null;
  private usage: Usage | null = null;
  private serviceTier: string | null = null;
  private readonly choices: ChoiceAssembly[] = [];

  add(event: Exclude<AnswerEvent, { type: 'error' }>): void {
    switch (event.type) {
      case 'start':
        this.id = event.id;
        this.model = event.model;
        return;
      case 'usage':
        this.usage = event.usage;
        this.serviceTier = event.serviceTier;
        return;
      case 'done':
        return;
      default:
        (this.choices[event.choice] ??= new ChoiceAssembly()).add(event);
    }
  }

  answer(): Answer {
    const { id, model, usage, serviceTier } = this;
    // A number that was skipped is a choice of which nothing was told.
    const choices = Array.from(this.choices, (choice) => (choice ?? new ChoiceAssembly()).choice());
    return { id, model, choices, usage, serviceTier };
  }
}

type ChoiceEvent = Extract<AnswerEvent, { choice: number }>;
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

class ChoiceAssembly {
  private readonly parts: Writable<AnswerPart>[] = [];
  private readonly calls = new Map<number, Writable<Extract<AnswerPart, { type: 'tool_call' }>>>();
  private finishReason: FinishReason | null = null;
  private stopSequence: string | null = null;
  private readonly logprobs: unknown[] = [];
  private isThinking = false;

  add(event: ChoiceEvent): void {
    switch (event.type) {
      case 'text':
      case 'refusal':
        if (event.type === 'text' && event.logprobs) this.logprobs.push(event.logprobs);
        this.say(event.type, event.text);
        return;
      case 'citation':
        this.cite(event.citation);
        return;
      case 'reasoning':
        this.think(event.text);
        return;
      case 'reasoning_proof':
        this.prove(event.signature, event.redacted);
        return;
      case 'tool_call':
        this.call(event);
        return;
      case 'tool_arguments': {
        const call = this.calls.get(event.index);
        if (call) call.argumentsJson += event.text;
        return;
      }
      case 'finish':
        this.finishReason = event.reason;
        this.stopSequence = event.stopSequence;
    }
  }

  choice(): AnswerChoice {
    const { parts, finishReason, stopSequence } = this;
    return { parts, finishReason, stopSequence, logprobs: joinLogprobs(this.logprobs) };
  }

  private say(type: 'text' | 'refusal', text: string): void {
    const last = this.parts.at(-1);
    if (last?.type === type) last.text += text;
    else if (text !== '') this.parts.push({ type, text });
  }

  private cite(citation: Citation): void {
    const last = this.parts.findLast((part) => part.type === 'text');
    if (last) last.citations = [...(last.citations ?? []), citation];
  }

  private think(text: string): void {
    const last = this.parts.at(-1);
    if (this.isThinking && last?.type === 'reasoning') last.text += text;
    else this.parts.push({ type: 'reasoning', text, signature: null, redacted: null });
    this.isThinking = true;
  }

  private prove(signature: string | null, redacted: string | null): void {
    const last = this.parts.at(-1);
    if (redacted !== null) this.parts.push({ type: 'reasoning', text: '', signature, redacted });
    else if (this.isThinking && last?.type === 'reasoning') last.signature = signature;
    this.isThinking = false;
  }

  private call({ index, id, name, signature }: Extract<AnswerEvent, { type: 'tool_call' }>): void {
    const part = {
      type: 'tool_call' as const,
      id,
      name,
      argumentsJson: '',
      ...(signature !== undefined && { signature }),
    };
    this.calls.set(index, part);
    this.parts.push(part);
  }
}

/** OpenAI's objects, one after the other. */
function joinLogprobs(all: readonly unknown[]): unknown {
  if (all.length === 0) return null;
  const listOf = (name: 'content' | 'refusal'): unknown[] =>
    all.flatMap((one) => (one as Record<string, unknown[] | null>)[name] ?? []);
  const refusal = listOf('refusal');
  return { content: listOf('content'), refusal: refusal.length > 0 ? refusal : null };
}

/** What a stream that was kept whole said. @throws whatever the codec throws for what it cannot read. */
export function readStream(
  bytes: Buffer,
  protocol: {
    createScanner(): { push(chunk: Buffer): Buffer[]; end(): Buffer | null };
    createDecoder(): { decode(frame: Buffer): AnswerEvent[] };
  },
): Answer | null {
  const [scanner, decoder] = [protocol.createScanner(), protocol.createDecoder()];
  const frames = scanner.push(bytes);
  const rest = scanner.end();
  return assembleAnswer([...frames, ...(rest ? [rest] : [])].flatMap((frame) => decoder.decode(frame)));
}
