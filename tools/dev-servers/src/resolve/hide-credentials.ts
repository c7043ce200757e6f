/** A connection URL as it may be shown: without user name and password. */
export function hideCredentials(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
