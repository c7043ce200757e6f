#!/usr/bin/env bash
# Starts Redis, MongoDB and the three services.
exec node "$(dirname "$0")/start.mjs" "$@"
