/** Above a table: what to look for, what to leave out, how many there are, and the way out of it as a file. */
import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { words } from "../strings/en.ts";
import { type Column, csvOf } from "./columns.ts";
import styles from "./table-bar.module.css";

type Props<Row> = {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  /** What can be searched for, in the field itself. */
  readonly hint: string;
  /** Choices of a filter, links in the address. */
  readonly filter?: ReactNode;
  readonly shown: readonly Row[];
  /** How many there are without search and filter. */
  readonly all: number;
  readonly columns: readonly Column<Row>[];
  /** Name of the exported file, without its end. */
  readonly fileName: string;
  /** Says how many there are, where not all are here; in place of the count of `shown`. */
  readonly count?: string;
  /** Fetches what is exported, where not all are here; undefined where that failed. */
  readonly gather?: () => Promise<readonly Row[] | undefined>;
};

export function TableBar<Row>(props: Props<Row>) {
  const { search, onSearch, hint, filter, shown, all, columns, fileName, gather } = props;
  const say = words.table;
  const [gathering, setGathering] = useState(false);
  const save = async () => {
    setGathering(true);
    const rows = gather === undefined ? shown : await gather();
    setGathering(false);
    if (rows !== undefined) download(csvOf(rows, columns), `${fileName}.csv`);
  };
  return (
    <div className={styles.bar}>
      <TextInput
        className={styles.search ?? ""}
        size="sm"
        type="search"
        aria-label={hint}
        placeholder={hint}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      {filter}
      <div className={styles.end}>
        <span className={styles.count} role="status">
          {props.count ?? (shown.length === all ? say.count(all) : say.some(shown.length, all))}
        </span>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={shown.length === 0 || gathering}
          onClick={() => void save()}
        >
          {say.exportCsv}
        </Button>
      </div>
    </div>
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
