/** Something that a person has to put right: shown as its message alone. */
export class LaunchError extends Error {}
