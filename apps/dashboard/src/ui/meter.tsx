import type { Tone } from './text.js';

export interface MeterProps {
  /** Between 0 and 1. */
  spent: number;
  /** Between 0 and 1, behind what is spent. */
  held: number;
  tone: Tone;
  label: string;
}

/** How much of a limit is gone, and how much is set aside. */
export function Meter({ spent, held, tone, label }: MeterProps) {
  const percent = (share: number): string => `${Math.min(Math.max(share, 0), 1) * 100}%`;
  return (
    <div
      className={`meter meter-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(spent * 100)}
    >
      <span className="meter-spent" style={{ width: percent(spent) }} />
      <span className="meter-held" style={{ width: percent(Math.min(held, 1 - spent)) }} />
    </div>
  );
}
