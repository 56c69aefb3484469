import type { StreamPiece } from '@ao/wire';
import { AppError, ZERO_USD, nanoUsd, toAppError, type NanoUsd } from '@ao/kernel';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Budget } from '../budget.js';
import type { Payers } from '../payers.js';
import { ChargedFailure } from './charged-failure.js';
import type { CallPrice } from './price-call.js';
import type { StreamedText } from './streamed-text.js';
import { takeSlice, type Slice } from './take-slice.js';

/** Fewer tokens are not worth a question: a wallet that cannot pay for these is dry. */
export const SLICE_TOKENS_MIN = 16;

interface AllowanceOptions {
  budget: Budget;
  payers: Payers;
  /** Grows with the stream. */
  reservation: Reservation;
  price: Pick<CallPrice, 'costMax' | 'output'>;
  /** Output tokens that the reservation pays for so far. */
  tokens: number;
}

/**
 * How far a stream without a limit of its own may run (BX-003): nothing goes out beyond what is reserved. More is reserved
 * before it gets there: uncounted from leases that have plenty, then by the exact count, from the wallet while frames go
 * on within what is reserved. For most frames all this is one comparison.
 *
 * A lease that was lost meanwhile does not stop the stream: what it had paid for is posted all the same, and more is only
 * taken from leases that are alive.
 */
export class StreamAllowance {
  private paidTokens: number;
  /** Up to this bound nobody needs to look. */
  private easyTokens: number;
  private asking: Promise<void> | null = null;
  private isClosed = false;

  constructor(private readonly options: AllowanceOptions) {
    this.paidTokens = options.tokens;
    this.easyTokens = threeQuarters(options.tokens);
  }

  /**
   * Whether a piece may follow the text at once; if not, `extend` must be waited for. It has no more tokens than bytes.
   */
  covers(text: StreamedText, piece: StreamPiece): boolean {
    return text.bound + piece.textBytes <= this.easyTokens || this.lookCloser(text, piece);
  }

  /**
   * Waits for the money that a piece needs.
   * @throws ChargedFailure `wallet_exhausted`, `budget_exceeded`, or why the wallet could not be asked: the stream must be cut.
   */
  async extend(text: StreamedText, piece: StreamPiece): Promise<void> {
    const tokens = text.count() + text.countOf(piece);
    try {
      await this.asking?.catch(() => undefined);
      if (tokens > this.paidTokens) await this.ask(tokens - this.paidTokens);
    } catch (error) {
      const { code, message, details } = toAppError(error);
      throw new ChargedFailure(code, `The answer was cut off. ${message}`, {
        cause: error,
        ...(details && { details }),
      });
    }
  }

  /** The call is about to settle: what a question under way still brings goes back. */
  close(): void {
    this.isClosed = true;
  }

  private lookCloser(text: StreamedText, piece: StreamPiece): boolean {
    const { textBytes } = piece;
    while (text.bound + textBytes > this.easyTokens && this.takeFromPlenty());
    if (text.bound + textBytes <= this.easyTokens) return true;
    const tokens = text.count() + text.countOf(piece);
    if (tokens > this.easyTokens && this.easyTokens < this.paidTokens) this.askAhead();
    return tokens <= this.paidTokens;
  }

  /** Without a count, which sees about four times the tokens there are: only where nobody else goes short by it. */
  private takeFromPlenty(): boolean {
    if (this.asking) return false;
    const { budget, payers } = this.options;
    const tokens = this.nextTokens(SLICE_TOKENS_MIN);
    const atHand = budget.reserveAtOnce(payers, this.amountOf(tokens));
    if (!atHand) return false;
    if (atHand.isLow) {
      budget.settle(atHand.reservation, ZERO_USD);
      return false;
    }
    return this.grant({ tokens, reservation: atHand.reservation });
  }

  /** Once for what is paid now: whether it succeeds or not, the next look is at the very end. */
  private askAhead(): void {
    this.easyTokens = this.paidTokens;
    this.asking ??= this.ask(SLICE_TOKENS_MIN).finally(() => (this.asking = null));
    // The frame that really needs the money asks again, and is told why there is none.
    this.asking.catch(() => undefined);
  }

  private async ask(tokensNeeded: number): Promise<void> {
    const { budget, payers } = this.options;
    const tokensWanted = this.nextTokens(tokensNeeded);
    const slice = await takeSlice(budget, payers, {
      tokensWanted,
      tokensMin: Math.min(tokensWanted, Math.max(tokensNeeded, SLICE_TOKENS_MIN)),
      amountOf: (tokens) => this.amountOf(tokens),
    });
    if (!this.grant(slice)) throw notExtendable();
  }

  private grant({ tokens, reservation }: Slice): boolean {
    const { budget, price } = this.options;
    if (this.isClosed) {
      budget.settle(reservation, ZERO_USD);
      return true;
    }
    if (reservation && !budget.extend(this.options.reservation, reservation)) return false;
    this.paidTokens += tokens;
    this.easyTokens = this.paidTokens >= price.output.max ? Infinity : threeQuarters(this.paidTokens);
    return true;
  }

  /** As many again as there are: a long answer is extended few times. */
  private nextTokens(tokensNeeded: number): number {
    return Math.min(Math.max(this.paidTokens, tokensNeeded), this.options.price.output.max - this.paidTokens);
  }

  private amountOf(tokens: number): NanoUsd {
    const { costMax } = this.options.price;
    return nanoUsd(costMax(this.paidTokens + tokens) - costMax(this.paidTokens));
  }
}

const threeQuarters = (tokens: number): number => Math.floor((tokens * 3) / 4);

function notExtendable(): AppError {
  return new AppError(
    'wallet_exhausted',
    'The wallets that pay for this call were changed while it ran. Send the request again.',
  );
}
