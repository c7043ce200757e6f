#!/usr/bin/env bash
# Prints the sync-service's metrics.
exec node "$(dirname "$0")/tool.mjs" metrics "$@"
