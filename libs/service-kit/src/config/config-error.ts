/** `EX_CONFIG` of sysexits.h: something was found in an unconfigured or misconfigured state. */
export const CONFIG_ERROR_EXIT_CODE = 78;

/** The environment does not make a valid configuration. One line per fault, each naming its variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`the configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
