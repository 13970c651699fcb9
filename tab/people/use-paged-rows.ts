import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect } from 'react';
import { getQuery, useApi } from '../api/api.tsx';
import type { Parser } from '../api/client.ts';
import { useSettled } from '../shell/use-settled.ts';

const SCROLL_SETTLES_MS = 60;

/** What both lists answer with. */
export type RowsPage<Row> = { total: number; offset: number; rows: readonly Row[] };

export type PagedRows<Page, Row> = {
  /** The first page, which is always fetched: it has the total and the errors. */
  first: ReturnType<typeof useQuery<Page>>;
  /** Rows on all pages. */
  total: number;
  /** The row at a place, or undefined while its page is on the way. */
  rowAt(index: number): Row | undefined;
  virtualizer: Virtualizer<HTMLElement, Element>;
};

type Options<Page> = {
  /** The call for a page; it changes with every filter. */
  pathOf: (page: number) => string;
  parser: Parser<Page>;
  pageRows: number;
  rowHeight: number;
  scroller: RefObject<HTMLElement | null>;
};

/**
 * A list of any length of which only the pages in sight are fetched and followed. While a new filter is on its way the
 * rows of the old one stay, so that nothing jumps.
 */
export function usePagedRows<Row, Page extends RowsPage<Row>>(options: Options<Page>): PagedRows<Page, Row> {
  const { pathOf, parser, pageRows, rowHeight, scroller } = options;
  const api = useApi();
  const first = useQuery({ ...getQuery(api, pathOf(0), parser), placeholderData: keepPreviousData });
  const total = first.data?.total ?? 0;
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    // Without a layout (before the first paint) a screenful is assumed.
    initialRect: { width: 1024, height: 600 },
  });
  const inSight = useSettled(pagesIn(virtualizer.getVirtualItems(), pageRows), SCROLL_SETTLES_MS);
  const numbers = inSight === '' ? [] : inSight.split(',').map(Number);
  const later = numbers.filter((page) => page > 0 && page * pageRows < total);
  const pages = useQueries({ queries: later.map((page) => getQuery(api, pathOf(page), parser)) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what the places depend on
  useEffect(() => {
    // Rows of another height (a phone turned round) have other places.
    virtualizer.measure();
  }, [virtualizer, rowHeight]);
  return {
    first,
    total,
    virtualizer,
    rowAt: (index) => {
      const page = Math.floor(index / pageRows);
      const data = page === 0 ? first.data : pages[later.indexOf(page)]?.data;
      return data?.rows[index - page * pageRows];
    },
  };
}

/** The pages of the rows in sight as text, which stays the same object for React while they do. */
function pagesIn(items: readonly { index: number }[], pageRows: number): string {
  return [...new Set(items.map(({ index }) => Math.floor(index / pageRows)))].join(',');
}
