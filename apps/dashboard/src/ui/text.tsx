import type { ReactNode } from 'react';
import { splitUsd } from '../format/money.js';
import { showDistance, showTime } from '../format/time.js';

/** Ids, codes and names that are to be read letter by letter. */
export const Code = ({ children }: { children: ReactNode }) => <code className="code">{children}</code>;

/** An exact amount of dollars, as the API gave it. */
export function Usd({ amount }: { amount: string }) {
  const [main, fine] = splitUsd(amount);
  return (
    <span className="figure">
      {main}
      {fine && <span className="fine">{fine}</span>}
    </span>
  );
}

/** A moment in the reader's time zone; the exact one on hover. */
export const Time = ({ at }: { at: string }) => (
  <time dateTime={at} title={`${at} (${showDistance(at, Date.now())})`}>
    {showTime(at, { nowMs: Date.now() })}
  </time>
);

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

export const Badge = ({ tone = 'plain', title, children }: { tone?: Tone; title?: string; children: ReactNode }) => (
  <span className={`badge badge-${tone}`} title={title}>
    {children}
  </span>
);
