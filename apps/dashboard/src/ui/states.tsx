import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.js';
import { strings } from '../strings.js';
import { Code } from './text.js';

function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{strings.common.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export interface ErrorNoticeProps {
  error: unknown;
  onRetry?: () => void;
  /** It is being tried again. */
  retrying?: boolean;
}

/** What the API said, with its code and the id to quote. */
export function ErrorNotice({ error, onRetry, retrying = false }: ErrorNoticeProps) {
  const known = error instanceof ApiError ? error : new ApiError(0, 'unexpected', strings.errors.unexpected);
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <Code>{known.code}</Code> {known.message}
      </p>
      {known.requestId && (
        <p className="notice-detail">
          {strings.common.requestId} <Code>{known.requestId}</Code>
        </p>
      )}
      {onRetry && (
        <button type="button" className="button" disabled={retrying} onClick={onRetry}>
          {retrying ? strings.common.loading : strings.common.retry}
        </button>
      )}
    </div>
  );
}

export interface QueryViewProps<Data> {
  query: UseQueryResult<Data>;
  /** Lines of the skeleton. */
  lines?: number;
  children: (data: Data) => ReactNode;
}

/** Loading, failed, or the data; data that could not be refreshed stays in sight and says so. */
export function QueryView<Data>({ query, lines, children }: QueryViewProps<Data>) {
  const { data, error, isPending, isFetching, isPlaceholderData, refetch } = query;
  const notice = <ErrorNotice error={error} retrying={isFetching} onRetry={() => void refetch()} />;
  if (isPending) return <Loading {...(lines !== undefined && { lines })} />;
  if (data === undefined) return notice;
  return (
    <div className="query-view" aria-busy={isPlaceholderData}>
      {error && (
        <>
          <p className="note">{strings.common.stale}</p>
          {notice}
        </>
      )}
      {children(data)}
    </div>
  );
}
