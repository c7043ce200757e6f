/**
 * Token of the connection that events are published and looked at over. It waits through a short reconnect, which the
 * connection for records must not: every command on it is an idempotent script or a read.
 */
export const EVENTS_REDIS = Symbol('Redis for events');
