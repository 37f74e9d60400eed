/** What is known of a session beside its curve: where, who, its meter, why it ended, what the station reckoned. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { SessionDetail } from "../api/shapes.ts";
import { exactTime, span } from "../display/instant.ts";
import { Panel } from "../display/panel.tsx";
import { dash, register, written } from "../display/quantity.ts";
import { words } from "../strings/en.ts";
import { spaced } from "../strings/en-codes.ts";
import styles from "./session-page.module.css";
import { maskedToken } from "./token.ts";

const say = words.session;

export function SessionFacts({ session }: { session: SessionDetail }) {
  const { facts } = say;
  const { details } = session;
  return (
    <Panel title={facts.title}>
      <dl className={styles.facts}>
        <Fact name={facts.station}>
          <Where session={session} />
        </Fact>
        <Fact name={facts.evse}>{say.evseConnector(session.evse, session.connector)}</Fact>
        <Fact name={facts.token}>
          <Token token={session.token} />
        </Fact>
        <Fact name={facts.started}>
          {session.startedAtMs === null ? dash : exactTime(session.startedAtMs)}
        </Fact>
        <Fact name={facts.ended}>
          {session.endedAtMs !== null
            ? exactTime(session.endedAtMs)
            : session.state === "open"
              ? say.stillRunning
              : dash}
        </Fact>
        {session.stopReason !== null && (
          <Fact name={facts.reason}>
            <span title={session.stopReason}>{say.reason(session.stopReason)}</span>
          </Fact>
        )}
        <Fact name={facts.meterStart}>{written(register(session.meterStartWh))}</Fact>
        {session.state === "open" ? (
          <Fact name={facts.meterLast}>{written(register(session.meterLastWh))}</Fact>
        ) : (
          <Fact name={facts.meterStop}>{written(register(session.meterStopWh))}</Fact>
        )}
        {details !== null && <Details details={details} />}
        {session.settlements.map(({ pspRef, amount, status }) => (
          <Fact key={pspRef} name={say.settlements}>
            {say.settlement(amount, status)}
          </Fact>
        ))}
        <Fact name={facts.version}>{`${session.version}, ${say.number(session.wireId)}`}</Fact>
        <Fact name={facts.id}>
          <code className={styles.code}>{session.id}</code>
        </Fact>
      </dl>
    </Panel>
  );
}

function Details({ details }: { details: NonNullable<SessionDetail["details"]> }) {
  const { facts } = say;
  const cost = costOf(details.cost);
  return (
    <>
      {details.chargingState !== null && (
        <Fact name={facts.chargingState}>{spaced(details.chargingState).toLowerCase()}</Fact>
      )}
      {details.chargingS !== null && <Fact name={facts.charging}>{span(details.chargingS * 1000)}</Fact>}
      {details.operationMode !== null && (
        <Fact name={facts.mode}>{spaced(details.operationMode).toLowerCase()}</Fact>
      )}
      {details.tariff !== null && <Fact name={facts.tariff}>{details.tariff}</Fact>}
      {cost !== undefined && <Fact name={facts.cost}>{cost}</Fact>}
      {details.reservationId !== null && <Fact name={facts.reservation}>{details.reservationId}</Fact>}
      {details.remoteStartId !== null && <Fact name={facts.remote}>{details.remoteStartId}</Fact>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Where({ session: { site, station } }: { session: SessionDetail }) {
  const own = (
    <Link to="/stations/$station" params={{ station }}>
      {station}
    </Link>
  );
  if (site === null) return own;
  return (
    <>
      {own}
      {` ${say.at} `}
      <Link to="/sites/$site" params={{ site }}>
        {site}
      </Link>
    </>
  );
}

function Token({ token }: { token: string | null }) {
  if (token === null) return dash;
  const shown = maskedToken(token);
  return (
    <>
      <code className={styles.code}>{shown}</code>{" "}
      <Link to="/sessions" search={{ token: shown.replace("…", "") }} className={styles.aside}>
        {say.bySessionsOf}
      </Link>
    </>
  );
}

/** CostDetailsType of 2.1: total with tax where it is there. */
function costOf(cost: { readonly [key: string]: unknown } | null): string | undefined {
  const total = objectIn(objectIn(cost?.["totalCost"])?.["total"]);
  const currency = objectIn(cost?.["totalCost"])?.["currency"];
  const amount = total?.["inclTax"] ?? total?.["exclTax"];
  if (typeof amount !== "number") return undefined;
  return typeof currency === "string" ? `${amount.toFixed(2)} ${currency}` : amount.toFixed(2);
}

type Data = { readonly [key: string]: unknown };
const objectIn = (value: unknown): Data | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
