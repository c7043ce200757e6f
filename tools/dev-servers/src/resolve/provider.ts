import type { ServerProcess } from '../process/server-process.js';

/** A Redis or MongoDB that `npm start` may use. */
export interface ResolvedServer {
  readonly url: string;
  /** `real`: the product itself; `embedded`: the project's stand-in for it. */
  readonly kind: 'real' | 'embedded';
  /** Which provider gave it, and what it is, e.g. `redis-server 7.0.15 started here (data in .data/redis)`. */
  readonly provider: string;
  readonly description: string;
  /** Every step of the way to it, for a person: why each earlier provider was passed over. */
  readonly why: readonly string[];
  /** Things to know before relying on it, one line each. */
  readonly warnings: readonly string[];
  /** The process, when it was started here: then it is ours to stop and to restart. */
  readonly process?: ServerProcess;
}

export type ProviderAnswer =
  | {
      readonly outcome: 'chosen';
      readonly server: Omit<ResolvedServer, 'why' | 'provider'>;
      readonly because: string;
    }
  | { readonly outcome: 'passed'; readonly because: string }
  /** What a person asked for does not work: an error, never silently something else. */
  | { readonly outcome: 'refused'; readonly because: string };

export interface Provider {
  readonly name: string;
  offer(): Promise<ProviderAnswer>;
}

export type Resolution =
  | { readonly outcome: 'resolved'; readonly server: ResolvedServer }
  | { readonly outcome: 'unavailable'; readonly reasons: readonly string[] };

/** Asks the providers in order; the first one that has a server wins. */
export async function resolveServer(providers: readonly Provider[]): Promise<Resolution> {
  const why: string[] = [];
  for (const provider of providers) {
    const answer = await provider.offer();
    why.push(answer.because);
    switch (answer.outcome) {
      case 'chosen':
        return { outcome: 'resolved', server: { ...answer.server, provider: provider.name, why } };
      case 'refused':
        return { outcome: 'unavailable', reasons: [answer.because] };
      case 'passed':
    }
  }
  return { outcome: 'unavailable', reasons: why };
}

/** The options that the providers of both servers share. */
export interface ResolveOptions {
  /** Where servers started here keep their data. */
  readonly dataFolder: string;
  /** May packages be installed with apt-get, or a mongod be downloaded? */
  readonly mayInstall: boolean;
  /** Gets one line for a person before anything that takes long. */
  readonly say: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}
