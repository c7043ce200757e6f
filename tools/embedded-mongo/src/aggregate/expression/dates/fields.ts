const DAY = 86_400_000;

/** Calendar fields of a wall clock (a Date whose UTC fields show it). */
export const CALENDAR = {
  year: (local: Date) => local.getUTCFullYear(),
  month: (local: Date) => local.getUTCMonth() + 1,
  dayOfMonth: (local: Date) => local.getUTCDate(),
  dayOfWeek: (local: Date) => local.getUTCDay() + 1,
  dayOfYear,
  hour: (local: Date) => local.getUTCHours(),
  minute: (local: Date) => local.getUTCMinutes(),
  second: (local: Date) => local.getUTCSeconds(),
  millisecond: (local: Date) => local.getUTCMilliseconds(),
  /** Weeks begin on Sunday; days before the first one are in week 0. */
  week: (local: Date) => Math.floor((dayOfYear(local) + 6 - local.getUTCDay()) / 7),
  isoWeek: (local: Date) => Math.floor((dayOfYear(thursdayOf(local)) - 1) / 7) + 1,
  isoWeekYear: (local: Date) => thursdayOf(local).getUTCFullYear(),
  isoDayOfWeek,
} as const;

export type CalendarField = keyof typeof CALENDAR;

function dayOfYear(local: Date): number {
  return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / DAY) + 1;
}

function isoDayOfWeek(local: Date): number {
  return local.getUTCDay() || 7;
}

/** The week's Thursday decides to which year an ISO week belongs. */
function thursdayOf(local: Date): Date {
  return new Date(local.getTime() + (4 - isoDayOfWeek(local)) * DAY);
}
