#!/usr/bin/env bash
# Writes to Redis, reads from MongoDB, prints each hop's time.
exec node "$(dirname "$0")/demo.mjs" redis-first "$@"
