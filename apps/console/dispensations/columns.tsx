/** What the table of dispensations shows of each. */
import { Button } from "@mantine/core";
import type { Dispensation } from "../api/manage-api.ts";
import { day, exactTime, span } from "../display/instant.ts";
import { words } from "../strings/en.ts";
import type { Column } from "../table/columns.ts";
import styles from "./dispensations.module.css";

const say = words.dispensations;
/** From here on somebody should see to it that the station gets its certificate. */
const SOON_MS = 14 * 86_400_000;

type Given = {
  readonly nameOf: (id: string) => string;
  readonly nowMs: number;
  /** For those who may. */
  readonly end?: ((row: Dispensation) => void) | undefined;
};

export function columnsFor({ nameOf, nowMs, end }: Given): readonly Column<Dispensation>[] {
  return [...facts(nameOf, nowMs), ...(end === undefined ? [] : [endColumn(end)])];
}

const facts = (nameOf: Given["nameOf"], nowMs: number): readonly Column<Dispensation>[] => [
  {
    id: "station",
    title: say.station,
    share: 3,
    cell: ({ station }) => <strong>{station}</strong>,
    value: ({ station }) => station,
  },
  {
    id: "site",
    title: say.site,
    wide: true,
    share: 2,
    cell: ({ site }) => site ?? say.direct,
    value: ({ site }) => site,
  },
  {
    id: "profile",
    title: say.profile,
    share: 3,
    cell: ({ securityProfile: it }) => (
      <span className={it === 1 ? styles.care : undefined}>
        {it}
        <span className={styles.kind}>: {say.kinds[it]}</span>
      </span>
    ),
    value: ({ securityProfile }) => securityProfile,
  },
  {
    id: "until",
    title: say.until,
    wide: true,
    share: 2,
    cell: ({ untilMs }) => <time title={exactTime(untilMs)}>{day(untilMs)}</time>,
    value: ({ untilMs }) => untilMs,
  },
  {
    id: "left",
    title: say.left,
    share: 2,
    cell: ({ untilMs }) => (
      <span className={untilMs - nowMs < SOON_MS ? styles.care : undefined} title={exactTime(untilMs)}>
        {span(untilMs - nowMs)}
      </span>
    ),
    value: ({ untilMs }) => untilMs,
  },
  {
    id: "by",
    title: say.givenBy,
    wide: true,
    share: 2,
    cell: ({ givenBy }) => nameOf(givenBy),
    value: ({ givenBy }) => nameOf(givenBy),
  },
  {
    id: "given",
    title: say.given,
    wide: true,
    share: 2,
    cell: ({ givenAtMs }) => <time title={exactTime(givenAtMs)}>{day(givenAtMs)}</time>,
    value: ({ givenAtMs }) => givenAtMs,
  },
];

const endColumn = (end: (row: Dispensation) => void): Column<Dispensation> => ({
  id: "end",
  title: say.action,
  number: true,
  share: 1.5,
  cell: (row) => (
    <Button variant="default" size="compact-xs" aria-label={say.end.of(row.station)} onClick={() => end(row)}>
      {say.end.button}
    </Button>
  ),
});
