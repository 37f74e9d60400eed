/** One session, whole: what it drew and when, what bounded it, what a person should look at, its messages. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { ApiProblem } from "../api/problem.ts";
import type { SessionCurve, SessionDetail } from "../api/shapes.ts";
import { Figure } from "../display/figure.tsx";
import { Glyph } from "../display/glyph.tsx";
import { span } from "../display/instant.ts";
import { dash, energy, power, type Quantity } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { Unread } from "../shell/unread.tsx";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { first, last, meanPower, most, seriesOf } from "./curve.ts";
import { durationMs } from "./rows.ts";
import { CurvePanel } from "./session-curve.tsx";
import { SessionFacts } from "./session-facts.tsx";
import { SessionMessages } from "./session-messages.tsx";
import styles from "./session-page.module.css";

/** While it runs its page is asked for again; what has ended changes seldom. */
const AGAIN_MS = 10_000;
/** As fine as a wide screen shows. */
const POINTS = 800;

const say = words.session;

export function SessionPage() {
  const { id } = useParams({ from: "/frame/sessions/$id" });
  const { api } = useServices();
  const session = useQuery({
    queryKey: ["session", id],
    queryFn: () => api.session(id),
    refetchInterval: ({ state }) => (state.data?.state === "ended" ? false : AGAIN_MS),
  });
  if (session.data !== undefined) return <Whole session={session.data} />;
  if (session.error instanceof ApiProblem && session.error.status === 404) return <Unknown />;
  return <Unread asked={session} />;
}

function Unknown() {
  return (
    <Notice
      page
      title={say.unknown}
      action={
        <Button component={Link} to="/sessions" variant="default" size="sm">
          {say.toSessions}
        </Button>
      }
    >
      {say.unknownHelp}
    </Notice>
  );
}

function Whole({ session }: { session: SessionDetail }) {
  const { api } = useServices();
  const { id, station } = session;
  const again = session.state === "ended" ? (false as const) : AGAIN_MS;
  const curve = useQuery({
    queryKey: ["session", id, "curve"],
    queryFn: () => api.curve(id, POINTS),
    refetchInterval: again,
  });
  const holds = useQuery({
    queryKey: ["holds", station],
    queryFn: () => api.holds(station),
    refetchInterval: again,
  });
  useEffect(() => {
    document.title = `${say.title(station)} · ${words.product}`;
  }, [station]);
  return (
    <div className={styles.page}>
      <Header session={session} />
      <Look session={session} />
      <Figures session={session} curve={curve.data} />
      <div className={styles.halves}>
        <CurvePanel session={session} curve={curve} profiles={holds.data?.profiles} />
        <SessionFacts session={session} />
      </div>
      <SessionMessages session={session} />
    </div>
  );
}

function Header({ session }: { session: SessionDetail }) {
  const { state, site, offline } = session;
  const running = state === "open";
  return (
    <header>
      <Link to="/sessions" className={styles.back}>
        ← {say.back}
      </Link>
      <div className={styles.titleLine}>
        <h1 className={styles.title}>{say.title(session.station)}</h1>
        <span className={running ? styles.running : styles.dim}>
          <Glyph
            shape={running ? "charging" : state === "partial" ? "unknown" : "finishing"}
            tone={running ? "well" : "calm"}
          />
          {named(words.allSessions.states, state) ?? state}
        </span>
        {site !== null && (
          <Link to="/sites/$site" params={{ site }} className={styles.site}>
            {words.stationPage.atSite(site)}
          </Link>
        )}
        {offline && (
          <span className={styles.dim} title={say.offlineHelp}>
            <Glyph shape="offline" tone="calm" />
            {words.sessions.offline}
          </span>
        )}
      </div>
    </header>
  );
}

/** What a person should look at: reasons for a review, and what has not come, in words with the next step. */
function Look({ session }: { session: SessionDetail }) {
  const { reviews, missingSeqNos, startedAtMs, endedAtMs, state } = session;
  const missing = [
    missingSeqNos === "" ? "" : say.missingHelp(missingSeqNos),
    startedAtMs === null ? say.noStart : "",
    state === "partial" && endedAtMs === null ? say.noEnd : "",
  ].filter((sentence) => sentence !== "");
  return (
    <>
      {reviews.length > 0 && (
        <section className={styles.look} aria-label={words.allSessions.review}>
          <Glyph shape="care" tone="care" />
          <div>
            <strong>{say.needsReview(reviews.length)}</strong>
            <ul>
              {reviews.map(({ code, sentence }) => (
                <li key={code}>{asSentence(sentence)}</li>
              ))}
            </ul>
            <p>{say.reviewHelp}</p>
          </div>
        </section>
      )}
      {missing.length > 0 && (
        <section className={styles.look} aria-label={say.missing}>
          <Glyph shape="unknown" tone="care" />
          <div>
            <strong>{say.missing}</strong>
            <ul>
              {missing.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        </section>
      )}
    </>
  );
}

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function Figures({ session, curve }: { session: SessionDetail; curve: SessionCurve | undefined }) {
  const nowMs = useNow();
  const series = useMemo(() => (curve === undefined ? undefined : seriesOf(curve)), [curve]);
  const lasted = durationMs(session, nowMs);
  const running = session.state === "open";
  const { figures } = say;
  const socs = series === undefined ? [null, null] : [first(series.socPercent), last(series.socPercent)];
  const [from, to] = [socs[0] ?? null, socs[1] ?? null];
  return (
    <dl className={styles.figures}>
      <Tile name={figures.energy} of={energy(session.energyWh)} />
      <Tile
        name={running ? figures.lasts : figures.lasted}
        of={{ figure: lasted === null ? dash : span(lasted), unit: "" }}
      />
      {running ? (
        <Tile name={figures.now} of={power(session.powerW)} />
      ) : (
        <Tile name={figures.mean} of={power(meanPower(session.energyWh, lasted))} />
      )}
      <Tile name={figures.most} of={power(series === undefined ? null : most(series.powerW))} />
      {from !== null && to !== null && (
        <Tile name={figures.soc} of={{ figure: say.socFromTo(from, to), unit: "%" }} />
      )}
    </dl>
  );
}

function Tile({ name, of }: { name: string; of: Quantity }) {
  return (
    <div className={styles.tile}>
      <dt>{name}</dt>
      <dd>
        <Figure of={of} size="tile" />
      </dd>
    </div>
  );
}
