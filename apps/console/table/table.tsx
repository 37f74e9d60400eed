/**
 * A table of any length: sorted by its headings, only what is in sight drawn, a row a link to its thing. A list of
 * blocks where there is no room for columns.
 */
import { Link, type LinkProps } from "@tanstack/react-router";
import {
  Fragment,
  type ReactNode,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { type Column, nextSorting, type Sorting, sorted } from "./columns.ts";
import styles from "./table.module.css";
import { BELOW_PX, ROW_PX, type Window, windowOf } from "./window.ts";

type Props<Row> = {
  /** What the table is of, for who cannot see it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Where a row leads; a table whose rows lead nowhere has none. */
  readonly linkOf?: (row: Row) => Pick<LinkProps, "to" | "params" | "search"> & { resetScroll?: boolean };
  /** What that link is called, where its key says nothing. */
  readonly labelOf?: (row: Row) => string;
  /** What stands below a row's cells where there is no room for all columns: what those that are left out would say. */
  readonly below?: ((row: Row) => ReactNode) | undefined;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
};

export function Table<Row>(props: Props<Row>) {
  const { label, rows, columns: all, keyOf, linkOf, labelOf = keyOf, sorting, onSort } = props;
  const narrow = useNarrow();
  const below = narrow ? props.below : undefined;
  const rowPx = below === undefined ? ROW_PX : ROW_PX + BELOW_PX;
  const columns = narrow ? all.filter(({ wide }) => wide !== true) : all;
  const shown = sorted(rows, all, sorting);
  const shares = columns.reduce((sum, { share = 1 }) => sum + share, 0);
  const { ref, at } = useWindow(shown.length, rowPx);
  return (
    <table className={styles.table} aria-label={label} aria-rowcount={shown.length + 1}>
      <colgroup>
        {columns.map(({ id, share = 1 }) => (
          <col key={id} style={{ width: `${(100 * share) / shares}%` }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <Heading key={column.id} column={column} sorting={sorting} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={ref}>
        <Gap px={at.from * rowPx} columns={columns.length} />
        {shown.slice(at.from, at.to).map((row, index) => (
          <Fragment key={keyOf(row)}>
            <tr
              className={below === undefined ? styles.row : `${styles.row} ${styles.hasBelow}`}
              aria-rowindex={at.from + index + 2}
            >
              {columns.map((column, place) => (
                <td key={column.id} className={classOf(column)}>
                  {place === 0 && linkOf !== undefined && (
                    <Link className={styles.cover} aria-label={labelOf(row)} {...linkOf(row)} />
                  )}
                  {column.cell(row)}
                </td>
              ))}
            </tr>
            {below !== undefined && (
              <tr className={styles.below} aria-rowindex={at.from + index + 2}>
                <td colSpan={columns.length}>
                  <div>{below(row)}</div>
                </td>
              </tr>
            )}
          </Fragment>
        ))}
        <Gap px={(shown.length - at.to) * rowPx} columns={columns.length} />
      </tbody>
    </table>
  );
}

/** Stands for rows that are not drawn. */
function Gap({ px, columns }: { px: number; columns: number }) {
  if (px <= 0) return null;
  return (
    <tr>
      <td colSpan={columns} style={{ height: px, padding: 0 }} />
    </tr>
  );
}

function Heading<Row>(props: {
  column: Column<Row>;
  sorting: Sorting | undefined;
  onSort: Props<Row>["onSort"];
}) {
  const { column, sorting, onSort } = props;
  const mine = sorting?.by === column.id ? sorting : undefined;
  const direction = mine === undefined ? "none" : mine.down ? "descending" : "ascending";
  if (column.value === undefined) {
    return (
      <th scope="col" className={classOf(column)}>
        {column.title}
      </th>
    );
  }
  return (
    <th scope="col" className={classOf(column)} aria-sort={direction}>
      <button type="button" className={styles.sort} onClick={() => onSort(nextSorting(sorting, column.id))}>
        {column.title}
        <span aria-hidden="true" className={styles.arrow} data-direction={direction} />
      </button>
    </th>
  );
}

const classOf = <Row,>({ number }: Column<Row>): string | undefined =>
  number === true ? styles.number : undefined;

const narrowest = "(max-width: 760px)";

function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = globalThis.matchMedia(narrowest);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => globalThis.matchMedia(narrowest).matches,
  );
}

/** The page scrolls, not the table: what is in sight is reckoned from where the table lies on the screen. */
function useWindow(count: number, rowPx: number): { ref: (element: HTMLElement | null) => void; at: Window } {
  const body = useRef<HTMLElement | null>(null);
  const [at, setAt] = useState<Window>(() => windowOf(count, 0, globalThis.innerHeight, rowPx));
  const look = useCallback(() => {
    const top = body.current?.getBoundingClientRect().top ?? 0;
    const next = windowOf(count, -top, globalThis.innerHeight, rowPx);
    setAt((before) => (before.from === next.from && before.to === next.to ? before : next));
  }, [count, rowPx]);
  useLayoutEffect(() => {
    look();
    globalThis.addEventListener("scroll", look, { passive: true });
    globalThis.addEventListener("resize", look);
    return () => {
      globalThis.removeEventListener("scroll", look);
      globalThis.removeEventListener("resize", look);
    };
  }, [look]);
  const ref = useCallback((element: HTMLElement | null) => {
    body.current = element;
  }, []);
  return { ref, at };
}
