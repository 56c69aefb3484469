import { AppError, type Clock } from '@ao/kernel';

export interface CircuitBreakerOptions {
  clock: Clock;
  /** Failures in a row that open it. */
  failuresMax: number;
  /** How long it stays open before one call may try again. */
  openMs: number;
  onChange: (state: 'open' | 'closed') => void;
}

/** Spares callers the wait for a server that does not answer, and the server their calls. */
export class CircuitBreaker {
  private failuresInRow = 0;
  private retryAtMs = 0;
  private trying = false;

  constructor(private readonly options: CircuitBreakerOptions) {}

  /** @throws AppError backend_unavailable at once while open; else what `work` rejects with */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const open = this.failuresInRow >= this.options.failuresMax;
    if (open && (this.trying || this.options.clock.monotonicMs() < this.retryAtMs)) {
      throw new AppError('backend_unavailable', 'The shared store is not reachable. Try again in a moment.', {
        internal: 'the circuit breaker is open',
      });
    }
    this.trying = open;
    try {
      const result = await work();
      if (this.failuresInRow >= this.options.failuresMax) this.options.onChange('closed');
      this.failuresInRow = 0;
      return result;
    } catch (error) {
      this.fail();
      throw error;
    } finally {
      if (open) this.trying = false;
    }
  }

  private fail(): void {
    this.failuresInRow += 1;
    if (this.failuresInRow < this.options.failuresMax) return;
    this.retryAtMs = this.options.clock.monotonicMs() + this.options.openMs;
    if (this.failuresInRow === this.options.failuresMax) this.options.onChange('open');
  }
}
