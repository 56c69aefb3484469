import { strings } from '../../strings.js';

export interface SortHeadingProps {
  text: string;
  /** Null: not sorted by this column. */
  direction: 'ascending' | 'descending' | null;
  onSort: () => void;
}

const ARROWS = { ascending: '↑', descending: '↓' } as const;

/** A heading that sorts. */
export function SortHeading({ text, direction, onSort }: SortHeadingProps) {
  return (
    <button
      type="button"
      className="sort"
      aria-pressed={direction !== null}
      title={strings.requests.sortBy(text)}
      onClick={onSort}
    >
      {text}
      <span aria-hidden="true"> {direction ? ARROWS[direction] : '↕'}</span>
      {direction && <span className="visually-hidden"> {direction}</span>}
    </button>
  );
}
