/**
 * When the server ends: at any time; with a record in the file and nobody told of it, so that the write is
 * repeated; or with half of a record in the file.
 */
export const MOMENTS = ['any', 'after-write', 'within-write'] as const;

export type Moment = (typeof MOMENTS)[number];

export function isMoment(text: string): text is Moment {
  return (MOMENTS as readonly string[]).includes(text);
}
