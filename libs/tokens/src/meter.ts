import { encoderOf } from './encodings.js';
import { HeuristicTextCounter } from './heuristics.js';
import { bareModelName, encodingForModel, type EncodingName } from './models.js';
import { EncoderTextCounter, type TextCounter } from './text-counter.js';

export type TokenStrategyName = 'openai' | 'anthropic' | 'gemini' | 'llama' | 'characters';

/** A token figure for settlement when the provider reported none. */
export interface MeterReading {
  tokens: number;
  /** False only where the model's own vocabulary was used. */
  estimated: boolean;
  strategy: TokenStrategyName;
}

interface TokenStrategy {
  name: TokenStrategyName;
  matches(model: string): boolean;
  counter(model: string): TextCounter;
}

const encoded = (encoding: EncodingName): TextCounter => new EncoderTextCounter(encoderOf(encoding));

// First match wins.
const STRATEGIES: readonly TokenStrategy[] = [
  {
    name: 'openai',
    matches: (model) => encodingForModel(model) !== null,
    counter: (model) => encoded(encodingForModel(model)!),
  },
  {
    // Anthropic publishes no current vocabulary; its documentation speaks of about 3.5 English characters per token.
    name: 'anthropic',
    matches: (model) => /claude/.test(bareModelName(model)),
    counter: () => new HeuristicTextCounter({ ascii: 29, ideograph: 120, other: 60 }),
  },
  {
    // Google's documentation: a token is about four characters. Its vocabulary is the largest: fewer for other scripts.
    name: 'gemini',
    matches: (model) => /gemini|gemma/.test(bareModelName(model)),
    counter: () => new HeuristicTextCounter({ ascii: 25, ideograph: 80, other: 40 }),
  },
  {
    // Llama 3 extends OpenAI's cl100k_base by 28,000 tokens; Mistral's and its kin's vocabularies are built alike.
    name: 'llama',
    matches: (model) =>
      /llama|mistral|mixtral|ministral|codestral|magistral|devstral|pixtral/.test(bareModelName(model)),
    counter: () => encoded('cl100k_base'),
  },
  {
    name: 'characters',
    matches: () => true,
    counter: () => new HeuristicTextCounter({ ascii: 25, ideograph: 100, other: 50 }),
  },
];

/** How the tokens of a model's texts are counted; unknown models get the character heuristic. */
export function strategyForModel(model: string): { name: TokenStrategyName; newCounter: () => TextCounter } {
  const strategy = STRATEGIES.find((candidate) => candidate.matches(model))!;
  return { name: strategy.name, newCounter: () => strategy.counter(model) };
}

/**
 * Tokens of a text for any model; `estimated` says whether the figure is exact. Never throws.
 * @param model with or without a `provider/` prefix.
 */
export function meterText(model: string, text: string): MeterReading {
  const counter = new StreamCounter(model);
  counter.append(text);
  return counter.reading();
}

/**
 * Counts a streamed text chunk by chunk; after any chunk the total is that of `meterText` on the joined text, wherever
 * the chunks were cut (inside words, inside surrogate pairs).
 */
export class StreamCounter implements TextCounter {
  readonly #strategy: TokenStrategyName;
  readonly #counter: TextCounter;

  constructor(model: string) {
    const { name, newCounter } = strategyForModel(model);
    this.#strategy = name;
    this.#counter = newCounter();
  }

  append(chunk: string): void {
    this.#counter.append(chunk);
  }

  total(): number {
    return this.#counter.total();
  }

  totalBound(): number {
    return this.#counter.totalBound();
  }

  reading(): MeterReading {
    return { tokens: this.total(), estimated: this.#strategy !== 'openai', strategy: this.#strategy };
  }
}
