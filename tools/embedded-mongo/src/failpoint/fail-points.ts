import { commandError, unsupported } from '../errors.js';
import { isDocument, type Document } from '../values/index.js';

const COMMAND_POINTS = ['failCommand', 'failGetMoreAfterCursorCheckout'] as const;
const TRANSACTIONAL_WRITE = 'onPrimaryTransactionalWrite';
type CommandPoint = (typeof COMMAND_POINTS)[number];

/** How a command is to fail. Both an error and a delay may be asked for. */
export interface CommandFailure {
  point: CommandPoint;
  closeConnection: boolean;
  blockMs: number;
  errorCode?: number;
  /** Replace the labels the server would have chosen. */
  errorLabels?: string[];
  /** The command succeeds, but reports this. */
  writeConcernError?: Document;
}

/** How a retryable write is to fail: before it has an effect with an error, or after it without a reply. */
interface WriteFailure {
  beforeCommitCode?: number;
  closeConnection: boolean;
}

interface Armed {
  data: Document;
  skip: number;
  /** Infinity for `alwaysOn`. */
  times: number;
}

const DATA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  failCommand: [
    'failCommands',
    'errorCode',
    'closeConnection',
    'blockConnection',
    'blockTimeMS',
    'errorLabels',
    'writeConcernError',
    'appName',
    'namespace',
    'failInternalCommands',
  ],
  failGetMoreAfterCursorCheckout: ['errorCode', 'closeConnection', 'errorLabels'],
  onPrimaryTransactionalWrite: ['closeConnection', 'failBeforeCommitExceptionCode'],
};

/** The fail points of MongoDB's test servers, for chaos tests of what talks to the server. */
export class FailPoints {
  private readonly armed = new Map<string, Armed>();

  configure(name: string, mode: unknown, data: unknown): void {
    const known = DATA_FIELDS[name];
    if (!known) throw unsupported(`fail point ${name}`);
    if (mode === 'off') {
      this.armed.delete(name);
      return;
    }
    const fields = isDocument(data) ? data : {};
    const unknown = Object.keys(fields).find((field) => !known.includes(field));
    if (unknown) throw unsupported(`fail point field ${name}.${unknown}`);
    this.armed.set(name, { data: fields, ...parseMode(mode) });
  }

  clear(): void {
    this.armed.clear();
  }

  forCommand(command: { name: string; ns: string }, appName: string | undefined): CommandFailure | undefined {
    if (this.armed.size === 0 || command.name === 'configureFailPoint') return undefined;
    for (const point of COMMAND_POINTS) {
      const armed = this.armed.get(point);
      if (armed && concerns(point, armed.data, command, appName) && fires(armed))
        return failureOf(point, armed.data);
    }
    return undefined;
  }

  forTransactionalWrite(): WriteFailure | undefined {
    const armed = this.armed.get(TRANSACTIONAL_WRITE);
    if (!armed || !fires(armed)) return undefined;
    const { failBeforeCommitExceptionCode: code, closeConnection } = armed.data;
    return {
      closeConnection: closeConnection !== false,
      ...(code !== undefined && { beforeCommitCode: Number(code) }),
    };
  }
}

function parseMode(mode: unknown): Pick<Armed, 'skip' | 'times'> {
  if (mode === 'alwaysOn') return { skip: 0, times: Infinity };
  if (isDocument(mode) && mode.times !== undefined) return { skip: 0, times: Number(mode.times) };
  if (isDocument(mode) && mode.skip !== undefined) return { skip: Number(mode.skip), times: Infinity };
  if (isDocument(mode) && mode.activationProbability !== undefined) {
    throw unsupported('fail point mode activationProbability');
  }
  throw commandError(2, "fail point mode must be 'off', 'alwaysOn', {times: n} or {skip: n}");
}

function concerns(
  point: CommandPoint,
  data: Document,
  { name, ns }: { name: string; ns: string },
  appName: string | undefined,
): boolean {
  if (point === 'failGetMoreAfterCursorCheckout') return name === 'getMore';
  const commands = data.failCommands;
  if (!Array.isArray(commands) || !commands.includes(name)) return false;
  if (data.namespace !== undefined && data.namespace !== ns) return false;
  return data.appName === undefined || data.appName === appName;
}

function fires(armed: Armed): boolean {
  if (armed.skip > 0) {
    armed.skip -= 1;
    return false;
  }
  if (armed.times <= 0) return false;
  armed.times -= 1;
  return true;
}

function failureOf(point: CommandPoint, data: Document): CommandFailure {
  const { errorCode, errorLabels, writeConcernError } = data;
  return {
    point,
    closeConnection: data.closeConnection === true,
    blockMs: data.blockConnection === true ? Number(data.blockTimeMS ?? 0) : 0,
    ...(errorCode !== undefined && { errorCode: Number(errorCode) }),
    ...(Array.isArray(errorLabels) && { errorLabels: errorLabels.map(String) }),
    ...(isDocument(writeConcernError) && { writeConcernError }),
  };
}
