/** What stands where a page should be, when it cannot: what is so, and what to do next. */
import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiProblem } from "../api/problem.ts";
import { words } from "../strings/en.ts";
import styles from "./notice.module.css";

/** The sentence for an error, ours or the API's. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return words.problem.noAnswer;
  if (error.code === "forbidden") return words.problem.forbidden;
  return error.message === "" ? words.problem.status(error.status) : error.message;
}

/** A quiet block for empty, failed and forbidden states alike. */
export function Notice(props: { title: string; children?: ReactNode; action?: ReactNode; page?: boolean }) {
  return (
    <div className={props.page === true ? styles.page : styles.notice}>
      {props.page === true ? (
        <h1 className={styles.title}>{props.title}</h1>
      ) : (
        <p className={styles.title}>{props.title}</p>
      )}
      {props.children !== undefined && <div className={styles.body}>{props.children}</div>}
      {props.action}
    </div>
  );
}

export function Failed(props: { error: unknown; retry: () => void; page?: boolean }) {
  return (
    <Notice
      page={props.page ?? false}
      title={sentenceOf(props.error)}
      action={
        <Button variant="default" size="sm" onClick={props.retry}>
          {words.tryAgain}
        </Button>
      }
    />
  );
}

const toStart = (
  <Button component={Link} to="/now" variant="default" size="sm">
    {words.problem.toStart}
  </Button>
);

export function NotFound() {
  return <Notice page title={words.problem.notFound} action={toStart} />;
}

/** The router catches what a page throws; the message is for whoever mends it. */
export function PageBroke({ error }: ErrorComponentProps) {
  return (
    <Notice page title={words.problem.pageBroke} action={toStart}>
      <code>{error instanceof Error ? error.message : String(error)}</code>
    </Notice>
  );
}
