/** Days by the calendar of a place: since 1970, 0 is a Thursday. */
export class LocalDays {
  private readonly format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
  }

  dayOf(wallMs: number): number {
    return Math.round(Date.parse(`${this.format.format(wallMs)}T00:00:00Z`) / 86_400_000);
  }
}
