#!/usr/bin/env bash
# Starts Redis, MongoDB and the four services.
exec node "$(dirname "$0")/start.mjs" "$@"
