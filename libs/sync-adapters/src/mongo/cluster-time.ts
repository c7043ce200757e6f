import { Timestamp } from 'mongodb';

/**
 * The cluster time in a timestamp or a resume token: seconds in the upper 32 bits, a counter in the lower ones; null
 * when there is none to be read. A token is opaque by contract; all servers since 4.0 begin it with the byte 0x82 and
 * the time of its event, and it is only read to tell ages and to compare with another time of the same server.
 */
export function clusterTimeOf(source: unknown): bigint | null {
  if (typeof source !== 'object' || source === null) return null;
  if (source instanceof Timestamp) {
    return (BigInt(source.getHighBitsUnsigned()) << 32n) | BigInt(source.getLowBitsUnsigned());
  }
  const data: unknown = '_data' in source ? source._data : undefined;
  const digits = typeof data === 'string' ? /^82([\dA-Fa-f]{16})/.exec(data)?.[1] : undefined;
  return digits === undefined ? null : BigInt(`0x${digits}`);
}

/** The cluster time of a capture position's `feed`; null when it holds no token that can be read. */
export function clusterTimeOfFeed(feed: string): bigint | null {
  try {
    return clusterTimeOf(JSON.parse(feed));
  } catch {
    return null;
  }
}

/** Its wall-clock part, epoch ms; whole seconds. */
export function epochMsOf(clusterTime: bigint): number {
  return Number(clusterTime >> 32n) * 1000;
}
