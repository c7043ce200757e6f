import { TcpProxy } from '@redis-mongo-sync/testing';

/** Who talks to whom over a proxy of its own, so that each pair can be partitioned alone. */
export const LINKS = [
  'gateway-redis',
  'sync-a-redis',
  'sync-b-redis',
  'users-mongo',
  'sync-a-mongo',
  'sync-b-mongo',
  'gateway-users',
] as const;
export type LinkName = (typeof LINKS)[number];

export type Links = Readonly<Record<LinkName, TcpProxy>>;

export async function startLinks(ports: { redis: number; mongo: number; users: number }): Promise<Links> {
  const entries = await Promise.all(
    LINKS.map(async (name) => {
      const server = name.slice(name.lastIndexOf('-') + 1) as keyof typeof ports;
      return [name, await TcpProxy.start({ port: ports[server] })] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<LinkName, TcpProxy>;
}
