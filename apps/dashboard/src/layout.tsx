import { useEffect, useRef, type ReactNode } from 'react';
import { useOrganisation } from './api/queries.js';
import { PAGES, toHref, type Route } from './routing/route.js';
import { useSessionStore } from './session/session-context.js';
import { strings } from './strings.js';
import { Mark } from './ui/mark.js';

/** Navigation beside every page, and one heading above it. */
export function Layout({ route, children }: { route: Route; children: ReactNode }) {
  const session = useSessionStore();
  const organisation = useOrganisation();
  const heading = useRef<HTMLHeadingElement>(null);
  const title = route.id === null ? strings.pages[route.page] : strings.request.title;
  const place = `${route.page}/${route.id}`;
  const lastPlace = useRef(place);
  useEffect(() => {
    document.title = `${title} – ${strings.product}`;
    // A new page begins at its heading, for eyes and for screen readers; the first one where the browser put it.
    if (lastPlace.current === place) return;
    lastPlace.current = place;
    window.scrollTo(0, 0);
    heading.current?.focus();
  }, [title, place]);
  return (
    <div className="layout">
      <a
        className="skip-link"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        {strings.skipToContent}
      </a>
      <header className="sidebar">
        <a className="brand" href={toHref({ page: 'overview' })}>
          <Mark />
          <span>
            <strong>{strings.product}</strong>
            {organisation.data && <small>{organisation.data.name}</small>}
          </span>
        </a>
        <nav aria-label={strings.navigation}>
          <ul>
            {PAGES.map((page) => (
              <li key={page}>
                <a href={toHref({ page })} aria-current={route.page === page ? 'page' : undefined}>
                  {strings.pages[page]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <button type="button" className="button button-quiet sign-out" onClick={() => session.signOut()}>
          {strings.signOut}
        </button>
      </header>
      <main id="content">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </div>
  );
}
