import { useState, type KeyboardEvent } from 'react';
import { shareOf, showNanoUsd } from '../format/money.js';
import { showUtcDay } from '../format/time.js';
import type { CostDay } from './cost-series.js';
import { niceScale } from './scale.js';

const MARKS_MAX = 4;
const BAR_SHARE = 0.68;
/** A day with any spend at all is to be seen. */
const SLIVER_PERCENT = 0.8;

export interface DayBarsProps {
  days: CostDay[];
  /** Of the groups, in the order of each day's parts. */
  colours: string[];
  /** Index of the day that is looked at. */
  selected: number | null;
  onSelect: (index: number | null) => void;
  label: string;
}

/** One stacked bar per day. Point at a day, or step through them with the arrow keys. */
export function DayBars({ days, colours, selected, onSelect, label }: DayBarsProps) {
  const { top, marks } = niceScale(
    days.reduce((most, { total }) => (total > most ? total : most), 0n),
    MARKS_MAX,
  );
  const [focused, setFocused] = useState(false);
  const step = (event: KeyboardEvent): void => {
    const target = nextDay(event.key, selected ?? days.length, days.length);
    if (target === undefined) return;
    event.preventDefault();
    onSelect(target);
  };
  return (
    <div
      className="chart"
      role="slider"
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={days.length}
      aria-valuenow={(selected ?? days.length - 1) + 1}
      aria-valuetext={selected === null ? label : describe(days[selected])}
      tabIndex={0}
      onKeyDown={step}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        onSelect(null);
      }}
    >
      <div className="chart-marks" aria-hidden="true">
        {marks.map((mark) => (
          <span key={mark} style={{ bottom: `${shareOf(mark, top) * 100}%` }}>
            {showNanoUsd(mark)}
          </span>
        ))}
      </div>
      <svg aria-hidden="true" onPointerLeave={() => !focused && onSelect(null)}>
        {marks.map((mark) => (
          <line key={mark} x1="0" x2="100%" {...atHeight(100 - shareOf(mark, top) * 100)} />
        ))}
        {days.map((day, index) => (
          <Bar
            key={day.day}
            day={day}
            colours={colours}
            top={top}
            left={(index / days.length) * 100}
            width={100 / days.length}
            selected={index === selected}
            onSelect={() => onSelect(index)}
          />
        ))}
      </svg>
      <div className="chart-days" aria-hidden="true">
        {[days[0], days[Math.floor((days.length - 1) / 2)], days.at(-1)].map(
          (day) => day && <span key={day.day}>{showUtcDay(day.day)}</span>,
        )}
      </div>
    </div>
  );
}

interface BarProps {
  day: CostDay;
  colours: string[];
  top: bigint;
  /** Percent of the chart's width. */
  left: number;
  width: number;
  selected: boolean;
  onSelect: () => void;
}

function Bar({ day, colours, top, left, width, selected, onSelect }: BarProps) {
  const inset = (width * (1 - BAR_SHARE)) / 2;
  let below = 0n;
  return (
    <g className={selected ? 'bar bar-selected' : 'bar'} onPointerEnter={onSelect}>
      <rect className="bar-back" x={`${left}%`} width={`${width}%`} y="0" height="100%" />
      {day.parts.map((part, index) => {
        if (part <= 0n) return null;
        below += part;
        const height = Math.max(shareOf(part, top) * 100, part === day.total ? SLIVER_PERCENT : 0);
        return (
          <rect
            key={index}
            x={`${left + inset}%`}
            width={`${width * BAR_SHARE}%`}
            y={`${Math.min(100 - shareOf(below, top) * 100, 100 - height)}%`}
            height={`${height}%`}
            style={{ fill: colours[index] }}
          />
        );
      })}
    </g>
  );
}

const describe = (day: CostDay | undefined): string => (day ? `${showUtcDay(day.day)}: ${showNanoUsd(day.total)}` : '');

const atHeight = (percent: number): { y1: string; y2: string } => ({ y1: `${percent}%`, y2: `${percent}%` });

function nextDay(key: string, current: number, count: number): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(Math.min(current, count) - 1, 0);
    case 'ArrowRight':
      return Math.min(current + 1, count - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
