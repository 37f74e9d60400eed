/** One message read for a person: who, when and what became of it, its payload as fields, and the raw frame. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { copyText } from "../adapters/clipboard.ts";
import type { Message } from "../api/station-shapes.ts";
import { Side } from "../dialog/side.tsx";
import { exactTime, span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { Age } from "../display/time.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import { type Decoded, decodeFrame, type Field, instantIn } from "./decode.ts";
import { kindOf, Sender, Verdict } from "./message-marks.tsx";
import styles from "./message-side.module.css";
import { otherHalf } from "./messages.ts";

const say = words.stationPage.messages.detail;

/** Messages looked at for the other half of one; an id may have been used again. */
const HALVES_MAX = 20;
/** As long as the API's own bound of a text that is searched for. */
const SEARCH_CHARS_MAX = 64;

type Props = {
  readonly station: string;
  readonly id: number;
  /** Those of the list, newest first. */
  readonly rows: readonly Message[];
  /** Opens another; undefined closes. */
  readonly go: (id: number | undefined) => void;
  readonly only: (action: string) => void;
};

export function MessageSide({ station, id, rows, go, only }: Props) {
  const { api } = useServices();
  const listed = rows.find((row) => row.id === id);
  // An address may name one that the list has not reached.
  const asked = useQuery({
    queryKey: ["message", station, id],
    queryFn: async () => (await api.ofStation.message(station, id)) ?? null,
    enabled: listed === undefined,
  });
  const message = listed ?? asked.data;
  const close = () => go(undefined);
  if (message === undefined || message === null) {
    return (
      <Side title={words.stationPage.messages.title} close={close}>
        {message === null ? (
          <Notice title={say.gone}>{say.goneHelp}</Notice>
        ) : asked.error !== null ? (
          <Failed error={asked.error} retry={() => void asked.refetch()} />
        ) : (
          <p role="status">{words.loading}</p>
        )}
      </Side>
    );
  }
  return (
    <Side title={message.action ?? words.stationPage.messages.noAction} close={close}>
      <Steps message={message} station={station} rows={rows} go={go} only={only} />
      <Head message={message} />
      <Told message={message} station={station} />
      <Frame key={message.id} frame={message.frame} />
    </Side>
  );
}

/** From one message to the next, and from a call to its answer. */
function Steps({ message, station, rows, go, only }: Omit<Props, "id"> & { message: Message }) {
  const at = rows.indexOf(message);
  const newer = at > 0 ? rows[at - 1] : undefined;
  const older = at < 0 ? undefined : rows[at + 1];
  const other = useOtherHalf(station, message, rows);
  const { action } = message;
  return (
    <div className={styles.steps}>
      <Button variant="default" size="xs" disabled={newer === undefined} onClick={() => go(newer?.id)}>
        ↑ {say.newer}
      </Button>
      <Button variant="default" size="xs" disabled={older === undefined} onClick={() => go(older?.id)}>
        ↓ {say.older}
      </Button>
      {other !== undefined && (
        <Button variant="default" size="xs" onClick={() => go(other.id)}>
          {other.kind === "call" ? say.call : say.answer}
        </Button>
      )}
      {action !== null && (
        <Button variant="subtle" size="xs" onClick={() => only(action)}>
          {say.only(action)}
        </Button>
      )}
      {other !== undefined && message.kind === "call" && (
        <span className={styles.dim}>
          {say.answeredIn(Math.max(0, other.receivedAtMs - message.receivedAtMs))}
        </span>
      )}
    </div>
  );
}

/** Of the list, or where its filter leaves it out, of the log: a message's id stands in its frame. */
function useOtherHalf(station: string, message: Message, rows: readonly Message[]): Message | undefined {
  const { api } = useServices();
  const listed = otherHalf(message, rows);
  const text = message.messageId ?? "";
  const asked = useQuery({
    queryKey: ["message-halves", station, text],
    queryFn: () => api.ofStation.messages(station, { text, most: HALVES_MAX }),
    enabled: listed === undefined && text !== "" && text.length <= SEARCH_CHARS_MAX,
  });
  return listed ?? otherHalf(message, asked.data ?? []);
}

function Head({ message }: { message: Message }) {
  const { receivedAtMs, route, version, messageId, trace, chars } = message;
  return (
    <dl className={styles.head}>
      <dt>{say.from}</dt>
      <dd>
        <Sender of={message} /> · {kindOf(message)}
      </dd>
      <dt>{say.at}</dt>
      <dd>
        {exactTime(receivedAtMs)} (<Age sinceMs={receivedAtMs} /> {words.ago})
      </dd>
      <dt>{say.verdict}</dt>
      <dd>
        <Verdict of={message} />
      </dd>
      <dt>{say.version}</dt>
      <dd>
        {version}, {route}, {say.length(chars)}
      </dd>
      {messageId !== null && (
        <>
          <dt>{say.id}</dt>
          <dd>
            <code>{messageId}</code>
          </dd>
        </>
      )}
      {trace !== null && (
        <>
          <dt>{say.trace}</dt>
          <dd>
            <code>{trace}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

/** What a verdict means, where it is not as usual. */
function Told({ message: { verdict }, station }: { message: Message; station: string }) {
  const text = named({ repaired: say.repaired, refused: say.refused, local: say.local }, verdict);
  if (text === undefined) return null;
  return (
    <p className={styles.told}>
      {text}{" "}
      {verdict === "repaired" && (
        <Link to="/stations/$station" params={{ station }} search={{ tab: "repairs" }}>
          {say.toRepairs}
        </Link>
      )}
    </p>
  );
}

function Frame({ frame }: { frame: string }) {
  const decoded = decodeFrame(frame);
  return (
    <>
      <section>
        <h3 className={styles.heading}>{say.decoded}</h3>
        <Payload decoded={decoded} />
      </section>
      <section>
        <div className={styles.rawHead}>
          <h3 className={styles.heading}>{say.raw}</h3>
          <Copy text={frame} />
        </div>
        <p className={styles.dim}>{say.rawHelp}</p>
        {/* Scrolls by keyboard too. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached. */}
        <pre className={styles.raw} tabIndex={0}>
          {decoded.kind === "frame" ? decoded.pretty : frame}
        </pre>
      </section>
    </>
  );
}

function Payload({ decoded }: { decoded: Decoded }) {
  if (decoded.kind === "unreadable") return <p className={styles.dim}>{say.cut}</p>;
  return (
    <>
      {decoded.failed !== undefined && <p className={styles.failed}>{decoded.failed}</p>}
      {decoded.fields.length > 0 ? (
        <Fields fields={decoded.fields} />
      ) : (
        decoded.failed === undefined && <p className={styles.dim}>{say.nothing}</p>
      )}
    </>
  );
}

function Fields({ fields }: { fields: readonly Field[] }) {
  return (
    <dl className={styles.fields}>
      {fields.map((field) => (
        <div key={field.name} className={field.text === undefined ? styles.group : styles.field}>
          <dt>{field.name}</dt>
          <dd>{field.text === undefined ? <Fields fields={field.fields} /> : <Leaf text={field.text} />}</dd>
        </div>
      ))}
    </dl>
  );
}

/** An instant also says how long ago it was: what a station's clock thinks is often the question. */
function Leaf({ text }: { text: string }) {
  const nowMs = useNow();
  const atMs = instantIn(text);
  if (atMs === undefined || atMs > nowMs) return text;
  return (
    <>
      <span title={exactTime(atMs)}>{text}</span>{" "}
      <span className={styles.dim}>
        {span(nowMs - atMs)} {words.ago}
      </span>
    </>
  );
}

function Copy({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      onClick={() => void copyText(text).then((done) => setCopied(done))}
    >
      {copied ? say.copied : say.copy}
    </Button>
  );
}
