import { useId, type ReactNode } from 'react';

export interface CardProps {
  title: string;
  /** Beside the title: controls, a link. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled region of a page. */
export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {aside && <div className="card-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Names and values. */
export const Facts = ({ children }: { children: ReactNode }) => <dl className="facts">{children}</dl>;

export interface FactProps {
  name: string;
  hint?: string;
  /** Takes the room of two: for ids. */
  wide?: boolean;
  children: ReactNode;
}

export function Fact({ name, hint, wide = false, children }: FactProps) {
  return (
    <div className={wide ? 'fact fact-wide' : 'fact'}>
      <dt title={hint}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
