/** Every outlet: what it was granted, what it draws, what it may draw at most, and why. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { EnergySnapshot, OutletNow, Topology } from "../api/energy-shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { dash } from "../display/quantity.ts";
import { Notice } from "../shell/problem-view.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { ampere, PHASES } from "./fuse-rows.ts";
import styles from "./outlets.module.css";
import { Told, useOldLook } from "./told.tsx";

const say = words.energy.outlets;

type OutletRow = { readonly id: string; readonly station: string; readonly fuse: string } & {
  /** Undefined: not told of yet. */
  readonly now: OutletNow | undefined;
};

const shapes: Readonly<Record<string, { readonly shape: Shape; readonly tone: Tone }>> = {
  obeys: { shape: "well", tone: "well" },
  disobeys: { shape: "care", tone: "care" },
  deaf: { shape: "danger", tone: "danger" },
  unlimited: { shape: "care", tone: "care" },
  empty: { shape: "ready", tone: "calm" },
};

const mostOf = (perPhase: readonly number[]): number => Math.max(0, ...perPhase);
/** Where no grant says why, what its standing means. */
function reasonOf({ now }: OutletRow): string {
  if (now === undefined) return "";
  if (now.reason !== undefined) return named(say.reasonOf, now.reason) ?? now.reason;
  return now.standing === "obeys" ? "" : (named(say.standingHelp, now.standing) ?? "");
}
const standingOf = ({ now }: OutletRow): string =>
  now === undefined ? "" : (named(say.standingOf, now.standing) ?? now.standing);

const columns: readonly Column<OutletRow>[] = [
  {
    id: "outlet",
    title: say.outlet,
    share: 2.8,
    cell: ({ id }) => <strong>{id}</strong>,
    value: ({ id }) => id,
  },
  {
    id: "standing",
    title: say.standing,
    share: 3.9,
    cell: (row) => <Standing row={row} />,
    value: standingOf,
  },
  {
    id: "granted",
    title: say.granted,
    share: 1.9,
    number: true,
    cell: ({ now }) => (now === undefined ? dash : say.ampere(ampere(now.limitMa))),
    value: ({ now }) => now?.limitMa ?? null,
  },
  {
    id: "observed",
    title: say.observed,
    share: 1.7,
    number: true,
    cell: ({ now }) => <Observed now={now} />,
    value: ({ now }) => now?.observedMa ?? null,
  },
  {
    id: "may",
    title: say.may,
    share: 2.6,
    number: true,
    wide: true,
    cell: ({ now }) => (now === undefined ? dash : <May perPhase={now.mayMa} />),
    value: ({ now }) => (now === undefined ? null : mostOf(now.mayMa)),
  },
  {
    id: "fuse",
    title: say.fuse,
    share: 1.8,
    wide: true,
    cell: ({ fuse }) => fuse,
    value: ({ fuse }) => fuse,
  },
  {
    id: "reason",
    title: say.reason,
    share: 6,
    wide: true,
    cell: (row) => <span title={reasonOf(row)}>{reasonOf(row) || dash}</span>,
    value: reasonOf,
  },
];

export function Outlets({ snapshot, site }: { snapshot: EnergySnapshot | undefined; site: Topology }) {
  const search = useSearch({ from: "/frame/sites/$site" });
  const navigate = useNavigate({ from: "/sites/$site" });
  const oldLook = useOldLook(snapshot?.atWallMs);
  const byId = new Map(snapshot?.outlets.map((outlet) => [outlet.id, outlet]));
  const all = site.outlets.map(
    ({ id, station, fuse }): OutletRow => ({ id, station, fuse, now: byId.get(id) }),
  );
  const filtered = all.filter(({ fuse }) => search.fuse === undefined || fuse === search.fuse);
  const shown = matching(filtered, search.find ?? "", (row) =>
    [row.id, row.station, row.fuse, standingOf(row), reasonOf(row)].join(" "),
  );
  const fuses = site.fuses.filter(({ id }) => all.some(({ fuse }) => fuse === id));
  return (
    <section aria-label={say.title} {...oldLook}>
      <h2 className={styles.title}>
        {say.title} <Told atMs={snapshot?.atWallMs} />
      </h2>
      <Listing
        label={say.title}
        search={search}
        set={(change) =>
          void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })
        }
        hint={say.find}
        filter={
          fuses.length > 1 && (
            <Choices
              label={say.filter}
              name="fuse"
              chosen={search.fuse}
              choices={[
                { value: undefined, text: say.all, count: all.length },
                ...fuses.map(({ id }) => ({
                  value: id,
                  text: id,
                  count: all.filter(({ fuse }) => fuse === id).length,
                })),
              ]}
            />
          )
        }
        shown={shown}
        all={all.length}
        columns={columns}
        fileName="outlets"
        keyOf={({ id }) => id}
        table={{
          linkOf: ({ station }) => ({ to: "/stations/$station", params: { station } }),
          below: (row) => (
            <>
              {row.now !== undefined && (
                <>
                  {say.may} <May perPhase={row.now.mayMa} /> ·{" "}
                </>
              )}
              {reasonOf(row)}
            </>
          ),
        }}
        noneFound={<Notice title={say.none} />}
      />
    </section>
  );
}

function Standing({ row }: { row: OutletRow }) {
  const standing = row.now?.standing;
  if (standing === undefined) return dash;
  const look = Object.hasOwn(shapes, standing)
    ? shapes[standing]!
    : { shape: "unknown" as const, tone: "off" as const };
  return (
    <span className={styles.standing} title={named(say.standingHelp, standing)}>
      <Glyph {...look} />
      {standingOf(row)}
    </span>
  );
}

/** More than was granted is said by a sign, not by a colour alone. */
function Observed({ now }: { now: OutletNow | undefined }) {
  if (now?.observedMa === undefined) return dash;
  const over = now.observedMa > now.limitMa + 1_000;
  return (
    <span className={over ? styles.over : undefined}>
      {over && "› "}
      {say.ampere(ampere(now.observedMa))}
    </span>
  );
}

function May({ perPhase }: { perPhase: readonly number[] }) {
  const most = mostOf(perPhase);
  const on = PHASES.filter((_, i) => (perPhase[i] ?? 0) > 0);
  return (
    <>
      {say.ampere(ampere(most))}
      {on.length > 0 && on.length < 3 && (
        <span className={styles.phases}> {say.onPhases(on.join(", "))}</span>
      )}
    </>
  );
}
