#!/usr/bin/env bash
# Writes to MongoDB, reads from Redis, prints each hop's time.
exec node "$(dirname "$0")/demo.mjs" mongo-first "$@"
