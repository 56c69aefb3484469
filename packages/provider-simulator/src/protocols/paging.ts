const PAGE_ITEMS_DEFAULT = 20;
const PAGE_ITEMS_MAX = 100;

interface Listed {
  readonly id: string;
}

interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** A page of OpenAI's lists: newest first unless `order=asc`, `limit` items after the one of `after`. Items come oldest first. */
export function pageOf<T extends Listed>(items: readonly T[], query: string): Page<T> {
  const parameters = new URLSearchParams(query);
  const ordered = parameters.get('order') === 'asc' ? items : items.toReversed();
  const after = parameters.get('after');
  const start = after === null ? 0 : ordered.findIndex((item) => item.id === after) + 1;
  const limit = Math.min(Math.max(Number(parameters.get('limit')) || PAGE_ITEMS_DEFAULT, 1), PAGE_ITEMS_MAX);
  const data = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}
