/**
 * One connection to PostgreSQL, as we need it: settings that make an answer durable and a wait end, whole numbers that
 * come back exact, and every error either the server's own or {@link ConnectionLost}.
 *
 * Statements are sent as they are given, without waiting for the one before (pg's pipeline mode): the server takes
 * them in order, and one that fails does not take the next along unless they share a transaction.
 */
import { Client, type ClientConfig, DatabaseError, type QueryResult, types } from "pg";
import { StoreError, type StoreFault } from "./engine.ts";

/** How long the server may take to let us in. */
const CONNECT_MS_MAX = 5_000;
/** How long a statement waits for a lock, the writer's above all, before it gives up. */
const LOCK_MS_MAX = 5_000;
/** How long a statement may run. The longest is a history of a large site. */
const STATEMENT_MS_MAX = 15_000;
/** How long we wait for a server that says nothing at all; then the connection is given up. */
const SILENCE_MS_MAX = 20_000;
/** How long a process that is stopped or cut off may hold the write lock, before the server ends its session. */
const IDLE_IN_TRANSACTION_MS_MAX = 10_000;

/** The connection ended, or never was: what was under way may or may not have happened. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

export type SessionRole = "writer" | "reader";
export type Durability = "full" | "off";

export type Session = {
  readonly lost: boolean;
  /** Rows with whole numbers; `name` keeps the statement prepared. Rejects with DatabaseError or {@link ConnectionLost}. */
  query(config: Asked): Promise<QueryResult>;
  end(): Promise<void>;
};
export type Asked = { readonly text: string; readonly values?: readonly unknown[]; readonly name?: string };

/** For a client of our own, or a pool's. */
export function clientConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "wattward",
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: SILENCE_MS_MAX,
    keepAlive: true,
    types: wholeNumbers,
  };
}

/**
 * What every connection says first. A server may have been set up to acknowledge before it has written
 * (synchronous_commit = off): not to us. Readers see one instant in each transaction, and can write nothing.
 */
export function settingsOf(role: SessionRole, durability: Durability): string {
  const settings = [
    `lock_timeout = ${LOCK_MS_MAX}`,
    `statement_timeout = ${STATEMENT_MS_MAX}`,
    `idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS_MAX}`,
    "timezone = 'UTC'",
    ...(role === "reader"
      ? ["default_transaction_read_only = on", "default_transaction_isolation = 'repeatable read'"]
      : [`synchronous_commit = ${durability === "full" ? "on" : "off"}`]),
  ];
  return settings.map((setting) => `SET ${setting}`).join("; ");
}

/** Connects a writer. Rejects with DatabaseError or {@link ConnectionLost}. */
export async function openSession(url: string, durability: Durability): Promise<Session> {
  const client = new Client({ ...clientConfig(url), pipeline: true });
  let lost = false;
  // Told here when no statement is under way; those that are get their own.
  client.on("error", () => (lost = true));
  client.on("end", () => (lost = true));
  const query = async ({ text, values = [], name }: Asked): Promise<QueryResult> => {
    try {
      return await client.query({ text, values: [...values], ...(name !== undefined && { name }) });
    } catch (error) {
      throw knownError(error);
    }
  };
  try {
    await client.connect();
    await query({ text: settingsOf("writer", durability) });
  } catch (error) {
    // Not waited for: of a connection that never was, no end is told.
    void client.end().catch(() => {});
    throw knownError(error);
  }
  return {
    get lost() {
      return lost;
    },
    query,
    end: () => client.end(),
  };
}

/** The server's own error and our own stay what they are; all else that a driver can say is a lost connection. */
export function knownError(error: unknown): Error {
  if (error instanceof DatabaseError || error instanceof RangeError || error instanceof TypeError)
    return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectionLost(`the connection to PostgreSQL was lost: ${message}`, { cause: error });
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
const faultsByCode: ReadonlyMap<string, StoreFault> = new Map([
  ["25006", "lost"], // read_only_sql_transaction: a primary that has become a standby
  ["25P02", "conflict"], // in_failed_sql_transaction: what failed was nobody's own statement
  ["25P03", "lost"], // idle_in_transaction_session_timeout
  ["40001", "conflict"], // serialization_failure
  ["40P01", "conflict"], // deadlock_detected
  ["53100", "full"], // disk_full
  ["55P03", "busy"], // lock_not_available
  ["57014", "busy"], // query_canceled: the statement's time is over
]);
const faultsByClass: ReadonlyMap<string, StoreFault> = new Map([
  ["08", "lost"], // connection exception
  ["28", "lost"], // invalid authorization: it was valid when we opened
  ["3D", "lost"], // invalid catalog name
  ["53", "busy"], // insufficient resources
  ["57", "lost"], // operator intervention: shutdown, crash, starting up
  ["58", "io"], // system error
  ["XX", "io"], // internal error, data corrupted
]);

/** Undefined where the statement itself was wrong: ours. */
export function faultOf(error: unknown): StoreFault | undefined {
  if (error instanceof ConnectionLost) return "lost";
  if (error instanceof StoreError && error.kind === "conflict") return "conflict";
  if (!(error instanceof DatabaseError)) return undefined;
  const code = error.code ?? "";
  // A prepared statement whose table has got a column since: prepared afresh, it runs.
  if (isStalePlan(error)) return "conflict";
  return faultsByCode.get(code) ?? faultsByClass.get(code.slice(0, 2));
}

/** The connection's prepared statements are of a schema that has changed: it is given up for a new one. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "0A000" && error.message.includes("cached plan");

/** The user may not do what our migrations do. */
export const isDenied = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;

const INSUFFICIENT_PRIVILEGE = "42501";

/** Why a database could not be opened, for whoever named it. */
export function openingFault(error: unknown, shown: string): StoreError {
  const said = error instanceof Error ? error.message : String(error);
  const code = error instanceof DatabaseError ? (error.code ?? "") : "";
  const told = (todo: string) => new StoreError("refused", `${shown}: ${said}. ${todo}`, error);
  if (code.startsWith("28")) return told("Set PGPASSWORD, or check the user in the URL and pg_hba.conf");
  if (code === "3D000") return told("Make it first: createdb --encoding UTF8 --template template0 NAME");
  if (code === INSUFFICIENT_PRIVILEGE)
    return told("Its owner can allow it: GRANT CREATE, USAGE ON SCHEMA public TO USER");
  const fault = faultOf(error);
  const todo = "Check that the server runs, and that the URL names it";
  return new StoreError(fault ?? "io", `cannot open ${shown}: ${said}. ${todo}`, error);
}

const INT8 = 20;
const NUMERIC = 1700;

/** Whole numbers beyond 2⁵³ throw, and are never rounded; so does a fraction, which no column of ours holds. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${text} from the database is no whole number within 2^53`);
}

const wholeNumbers: NonNullable<ClientConfig["types"]> = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 || oid === NUMERIC
      ? wholeNumber
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};
