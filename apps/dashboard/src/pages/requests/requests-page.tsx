import { useState } from 'react';
import { useModels, useRequests } from '../../api/queries.js';
import type { Page, RequestRow } from '../../api/types.js';
import { toHref, type Route } from '../../routing/route.js';
import { navigate } from '../../routing/use-route.js';
import { strings } from '../../strings.js';
import { Select } from '../../ui/field.js';
import { Empty, QueryView } from '../../ui/states.js';
import { readFilters, toApiQuery, toggleSort, writeFilters, type Filters } from './request-filters.js';
import { RequestsTable, type SortField } from './requests-table.js';
import { SortHeading } from './sort-heading.js';

/** The request log. Filters and order stand in the address, so that a view can be shared. */
export function RequestsPage({ route }: { route: Route }) {
  const filters = readFilters(route.query);
  const choose = (change: Partial<Filters>): void =>
    navigate({ page: 'requests', query: writeFilters({ ...filters, ...change }) }, { replace: true });
  return (
    <>
      <Toolbar filters={filters} onChoose={choose} />
      {/* Another view begins at its first page. */}
      <Pages key={toHref({ page: 'requests', query: writeFilters(filters) })} filters={filters} onChoose={choose} />
    </>
  );
}

interface PartProps {
  filters: Filters;
  onChoose: (change: Partial<Filters>) => void;
}

function Toolbar({ filters, onChoose }: PartProps) {
  const models = useModels();
  const names = models.data?.map(({ id }) => id) ?? [];
  // A model that is no longer offered may still stand in the log, and in the address.
  const known = filters.model === '' || names.includes(filters.model) ? names : [filters.model, ...names];
  const filtered = filters.status !== '' || filters.model !== '';
  return (
    <div className="toolbar" role="search">
      <Select
        label={strings.requests.status}
        value={filters.status}
        options={[['', strings.requests.anyStatus], ...Object.entries(strings.requests.statuses)]}
        onChange={(status) => onChoose({ status })}
      />
      <Select
        label={strings.requests.filterModel}
        value={filters.model}
        options={[['', strings.requests.anyModel], ...known.map((name) => [name, name] as const)]}
        onChange={(model) => onChoose({ model })}
      />
      {filtered && (
        <button type="button" className="button button-quiet" onClick={() => onChoose({ status: '', model: '' })}>
          {strings.requests.clear}
        </button>
      )}
    </div>
  );
}

function Pages({ filters, onChoose }: PartProps) {
  /** The cursors of the pages up to this one; the API leads forwards only. */
  const [cursors, setCursors] = useState<string[]>([]);
  const first = cursors.length === 0;
  const requests = useRequests(toApiQuery(filters, cursors.at(-1) ?? null), { live: first });
  const heading = (field: SortField, text: string) => (
    <SortHeading
      text={text}
      direction={filters.sort === field ? 'ascending' : filters.sort === `-${field}` ? 'descending' : null}
      onSort={() => onChoose({ sort: toggleSort(filters.sort, field) })}
    />
  );
  return (
    <div className="card card-flush">
      <QueryView query={requests} lines={10}>
        {({ data, next_cursor: next }: Page<RequestRow>) => (
          <>
            {data.length === 0 ? (
              <NoRows filters={filters} />
            ) : (
              <RequestsTable rows={data} heading={heading} query={writeFilters(filters)} />
            )}
            {(!first || next !== null) && (
              <nav className="pager" aria-label={strings.common.page(cursors.length + 1)}>
                <button
                  type="button"
                  className="button"
                  disabled={first}
                  onClick={() => setCursors(cursors.slice(0, -1))}
                >
                  {strings.common.previous}
                </button>
                <span aria-live="polite">{strings.common.page(cursors.length + 1)}</span>
                <button
                  type="button"
                  className="button"
                  disabled={next === null || requests.isPlaceholderData}
                  onClick={() => next !== null && setCursors([...cursors, next])}
                >
                  {strings.common.next}
                </button>
              </nav>
            )}
          </>
        )}
      </QueryView>
    </div>
  );
}

function NoRows({ filters }: { filters: Filters }) {
  if (filters.status !== '' || filters.model !== '')
    return (
      <Empty title={strings.requests.noMatchTitle}>
        <p>{strings.requests.noMatchText}</p>
      </Empty>
    );
  return (
    <Empty title={strings.requests.emptyTitle}>
      <p>{strings.requests.emptyText}</p>
      <a className="button" href={toHref({ page: 'connect' })}>
        {strings.requests.howToCall}
      </a>
    </Empty>
  );
}
