import { formatUsd } from '@ao/kernel';
import { shareOf } from '../format/money.js';
import { strings } from '../strings.js';
import { Usd } from '../ui/text.js';
import type { CostDay, CostGroup } from './cost-series.js';

/** A group as people read it: calls without the dimension and the sum of the small ones have names of ours. */
export const groupName = (name: string | null): string =>
  name === null ? strings.spend.others : name || strings.spend.unnamed;

/** The colour of the n-th group; the sum of the small ones is always grey. */
export const groupColour = (index: number, name: string | null = ''): string =>
  name === null ? 'var(--series-rest)' : `var(--series-${(index % 7) + 1})`;

export interface GroupLegendProps {
  groups: CostGroup[];
  /** Null: the whole range. */
  day: CostDay | null;
}

/** Names the colours, and says what each group spent: in the range, or on the day that is looked at. */
export function GroupLegend({ groups, day }: GroupLegendProps) {
  const largest = groups.reduce((most, { total }) => (total > most ? total : most), 0n);
  const dayLargest = day?.parts.reduce((most, part) => (part > most ? part : most), 0n) ?? 0n;
  return (
    <ol className="legend">
      {groups.map(({ name, total }, index) => {
        const amount = day ? (day.parts[index] ?? 0n) : total;
        const colour = groupColour(index, name);
        return (
          <li key={name}>
            <span className="swatch" style={{ background: colour }} />
            <span className="legend-name" title={groupName(name)}>
              {groupName(name)}
            </span>
            <Usd amount={formatUsd(amount)} />
            <span className="legend-bar">
              <span style={{ background: colour, width: `${shareOf(amount, day ? dayLargest : largest) * 100}%` }} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
