/** Where the engine's messages go. */
export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

const ignore = (): void => undefined;

export const silentLog: EngineLog = { info: ignore, warn: ignore, error: ignore, debug: ignore };
