/** Who may come in: people and programs in a table, open invitations above it, one person in a drawer beside it. */
import { Button, VisuallyHidden } from "@mantine/core";
import { Outlet, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { PeopleView, Person } from "../api/manage-api.ts";
import { day, exactTime } from "../display/instant.ts";
import { dash } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { Unread } from "../shell/unread.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { OwnPasskeys } from "./own-passkeys.tsx";
import styles from "./people.module.css";
import { usePeople } from "./use-people.ts";
import { lastSeenMs, shownBy } from "./view.ts";

const say = words.people;

export function PeoplePage() {
  const me = useMe();
  const people = usePeople(isAdministrator(me));
  if (me !== undefined && !isAdministrator(me)) return <Forbidden role={me.role} />;
  if (people.data === undefined) return <Unread asked={people} />;
  return <Everybody view={people.data} me={me?.person ?? ""} />;
}

function Everybody({ view, me }: { view: PeopleView; me: string }) {
  const search = useSearch({ from: "/frame/people" });
  const navigate = useNavigate({ from: "/people" });
  const [inviting, setInviting] = useState(false);
  const here = shownBy(view.people, search.who);
  const shown = matching(here, search.find ?? "", ({ name, role }) => `${name} ${say.roleOf(role)}`);
  const columns = columnsFor(me);
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <>
      <PageTitle
        title={say.title}
        end={
          <Button size="sm" onClick={() => setInviting(true)}>
            {say.invite.button}
          </Button>
        }
      />
      {view.invitations.length > 0 && <Invitations invitations={view.invitations} />}
      <Listing
        label={say.title}
        search={search}
        set={set}
        hint={say.find}
        filter={<Filter people={view.people} chosen={search.who} />}
        shown={shown}
        all={here.length}
        columns={columns}
        fileName="people"
        keyOf={({ id }) => id}
        table={{
          labelOf: ({ name }) => name,
          linkOf: ({ id }) => ({
            to: "/people/$person",
            params: { person: id },
            search: (it) => it,
            resetScroll: false,
          }),
        }}
        noneFound={<Notice title={say.noneFound} />}
      />
      {shownBy(view.people, "people").length === 1 && <p className={styles.note}>{say.onlyYou}</p>}
      {inviting && <InviteDialog close={() => setInviting(false)} />}
      <Outlet />
    </>
  );
}

function Filter({ people, chosen }: { people: readonly Person[]; chosen: string | undefined }) {
  const choices = [
    { value: undefined, text: say.filter.all },
    { value: "people", text: say.filter.people },
    { value: "programs", text: say.filter.programs },
    { value: "left", text: say.filter.left },
  ] as const;
  return (
    <Choices
      label={say.filter.label}
      name="who"
      chosen={chosen}
      choices={choices.map((it) => ({ ...it, count: shownBy(people, it.value).length }))}
    />
  );
}

function Forbidden({ role }: { role: string }) {
  return (
    <>
      <PageTitle title={say.title} />
      <Notice title={say.forbidden.title}>{say.forbidden.help(say.roleOf(role))}</Notice>
      <OwnPasskeys />
    </>
  );
}

const columnsFor = (me: string): readonly Column<Person>[] => [
  {
    id: "name",
    title: say.name,
    share: 4,
    cell: ({ id, name, kind }) => (
      <span className={styles.name}>
        <strong>{name}</strong>
        {id === me && <span className={styles.tag}>{say.you}</span>}
        {kind === "service" && <span className={styles.tag}>{say.program}</span>}
      </span>
    ),
    value: ({ name }) => name,
  },
  {
    id: "role",
    title: say.role,
    share: 3,
    cell: ({ role }) => say.roleOf(role),
    value: ({ role }) => say.roleOf(role),
  },
  {
    id: "passkeys",
    title: say.passkeys,
    number: true,
    wide: true,
    share: 2,
    cell: ({ passkeys, kind }) => (kind === "service" ? dash : passkeys.length),
    value: ({ passkeys, kind }) => (kind === "service" ? null : passkeys.length),
  },
  {
    id: "sessions",
    title: say.sessions,
    number: true,
    wide: true,
    share: 2,
    cell: ({ sessions }) => sessions.length,
    value: ({ sessions }) => sessions.length,
  },
  {
    id: "seen",
    title: say.seen,
    share: 3,
    cell: (person) => <Seen atMs={lastSeenMs(person)} />,
    value: lastSeenMs,
  },
  {
    id: "added",
    title: say.added,
    wide: true,
    share: 2,
    cell: ({ addedAtMs }) => <time title={exactTime(addedAtMs)}>{day(addedAtMs)}</time>,
    value: ({ addedAtMs }) => addedAtMs,
  },
];

function Seen({ atMs }: { atMs: number | null }) {
  if (atMs === null)
    return (
      <>
        <span aria-hidden="true">{dash}</span>
        <VisuallyHidden>{say.never}</VisuallyHidden>
      </>
    );
  return (
    <>
      <Age sinceMs={atMs} /> <span className={styles.ago}>{words.ago}</span>
    </>
  );
}
