/** The pages of people, loaded when one is first opened. */
import { createLazyRoute } from "@tanstack/react-router";
import { PeoplePage } from "./people-page.tsx";
import { PersonDrawer } from "./person-drawer.tsx";

export const peopleRoute = createLazyRoute("/frame/people")({ component: PeoplePage });
export const personRoute = createLazyRoute("/frame/people/$person")({ component: PersonDrawer });
