/**
 * What needs somebody, the worst first: the subject, what is so, since when, and the way on. The same for all on the
 * first page and for one site on its own.
 */
import { Link, useRouter } from "@tanstack/react-router";
import type { NeedRow } from "../api/shapes.ts";
import { Glyph, type Shape } from "../display/glyph.tsx";
import { exactTime, span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { useNow } from "../display/ticking.tsx";
import type { Tone } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { type NeedGroup, needGroups } from "./needs.ts";
import styles from "./needs-list.module.css";
import { nextStep } from "./next-step.ts";

const look: Readonly<Record<NeedRow["weight"], { shape: Shape; tone: Tone }>> = {
  danger: { shape: "danger", tone: "danger" },
  attention: { shape: "care", tone: "care" },
  waits: { shape: "pending", tone: "calm" },
};

type Props = {
  now: Parameters<typeof needGroups>[0] & { troubles: readonly string[] };
  /** Of this kind all are asked for, by the address. */
  all: NeedRow["kind"] | undefined;
  /** The site whose page it stands on: not named again, and no way to where one is. */
  at?: string;
};

export function NeedsList({ now, all, at }: Props) {
  return (
    <Panel title={words.now.needs}>
      <ul className={styles.list}>
        {now.troubles.map((trouble) => (
          <li key={trouble} className={styles.row}>
            <Weight of="danger" />
            <span className={styles.text}>
              <strong className={styles.subject}>{words.now.trouble}</strong> {trouble}
            </span>
          </li>
        ))}
        {needGroups(now, all).map((group) => (
          <Group key={group.kind} group={group} at={at} />
        ))}
      </ul>
    </Panel>
  );
}

function Group({ group, at }: { group: NeedGroup; at: string | undefined }) {
  const { kind, rows, count, all, came } = group;
  const say = words.now;
  const toggles = all ? came > 1 : count > rows.length;
  return (
    <>
      {rows.map((need) => (
        <li key={[kind, need.site, need.station, need.evse, need.next.id].join(" ")} className={styles.row}>
          <Row need={need} at={at} />
        </li>
      ))}
      {toggles && (
        <li className={styles.rest}>
          {all && came < count && <span>{say.firstOf(came, count)} · </span>}
          <Link
            to="."
            search={((before: object) => ({ ...before, all: all ? undefined : kind })) as never}
            replace
            resetScroll={false}
            className={styles.more}
            activeProps={{}}
          >
            {all ? say.fewer : say.more(count - rows.length)}
          </Link>
        </li>
      )}
    </>
  );
}

function Row({ need, at }: { need: NeedRow; at: string | undefined }) {
  const router = useRouter();
  const step = nextStep(need, (path) => Object.hasOwn(router.routesByPath, path));
  const subject = subjectOf(need);
  const isHere = at !== undefined && need.station === null && need.site === at;
  const beside = need.station !== null && need.site !== null && need.site !== at ? need.site : undefined;
  return (
    <>
      <Weight of={need.weight} />
      <span className={styles.text}>
        <strong className={styles.subject}>{subject}</strong>
        {beside !== undefined && <span className={styles.site}> {beside}</span>} {sentenceOf(need)}
      </span>
      <span className={styles.end}>
        <Since need={need} />
        {!isHere && (
          <Link
            className={styles.next}
            to={step.to}
            search={step.search as never}
            aria-label={`${step.text}: ${subject}`}
          >
            {step.text}
            <span aria-hidden="true" className={styles.go}>
              ›
            </span>
          </Link>
        )}
      </span>
    </>
  );
}

function Weight({ of }: { of: NeedRow["weight"] }) {
  return (
    <span className={styles.glyph} title={words.now.weight[of]}>
      <Glyph {...look[of]} />
      <span className={styles.hidden}>{words.now.weight[of]}: </span>
    </span>
  );
}

/** How long it has been so; of what ends, how long it still is. */
function Since({ need: { kind, sinceMs } }: { need: NeedRow }) {
  const nowMs = useNow();
  if (sinceMs === null) return null;
  const leftMs = sinceMs - nowMs;
  const text =
    kind !== "dispensation-ending"
      ? span(nowMs - sinceMs)
      : leftMs > 0
        ? words.now.ends(span(leftMs))
        : words.now.overdue;
  return (
    <time className={styles.age} dateTime={new Date(sinceMs).toISOString()} title={exactTime(sinceMs)}>
      {text}
    </time>
  );
}

function subjectOf({ kind, site, station, next }: NeedRow): string {
  const say = words.now.subject;
  if (kind === "storage-low") return say["storage-low"];
  if (kind === "node-lost") return say["node-lost"](next.id);
  return station ?? site ?? "";
}

const sentenceOf = (need: NeedRow): string => words.now.need[need.kind](need);
