/** A table with its bar: what is found, filtered and sorted by the address, and what is said where nothing is like that. */
import type { ComponentProps, ReactNode } from "react";
import { type Column, readSorting } from "./columns.ts";
import { sortOf, type TableSearch } from "./search.ts";
import { Table } from "./table.tsx";
import { TableBar } from "./table-bar.tsx";

type Props<Row> = Pick<
  ComponentProps<typeof TableBar<Row>>,
  "hint" | "filter" | "shown" | "all" | "fileName"
> &
  Pick<ComponentProps<typeof Table<Row>>, "label" | "columns" | "keyOf"> & {
    readonly search: TableSearch;
    /** Changes the address. */
    readonly set: (change: TableSearch) => void;
    readonly noneFound: ReactNode;
    /** What few tables have. */
    readonly bar?: Pick<ComponentProps<typeof TableBar<Row>>, "count">;
    readonly table?: Pick<ComponentProps<typeof Table<Row>>, "linkOf" | "labelOf" | "below">;
    /** What a file has, where the table puts several things into one cell. */
    readonly exported?: readonly Column<Row>[];
  };

export function Listing<Row>(props: Props<Row>) {
  const { search, set, hint, filter, shown, all, fileName, label, columns, keyOf, noneFound } = props;
  const ids = columns.map(({ id }) => id);
  return (
    <>
      <TableBar
        search={search.find ?? ""}
        onSearch={(find) => set({ find: find === "" ? undefined : find })}
        {...{ hint, filter, shown, all, fileName, ...props.bar }}
        columns={props.exported ?? columns}
      />
      {shown.length === 0 ? (
        noneFound
      ) : (
        <Table
          rows={shown}
          sorting={readSorting(search.sort, ids)}
          onSort={(sorting) => set({ sort: sortOf(sorting) })}
          {...{ label, columns, keyOf, ...props.table }}
        />
      )}
    </>
  );
}
