#!/usr/bin/env bash
# Stops everything that was started; data are kept.
exec node "$(dirname "$0")/stop.mjs" "$@"
