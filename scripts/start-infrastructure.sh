#!/usr/bin/env bash
# Starts Redis and MongoDB only, in the foreground.
exec node "$(dirname "$0")/start.mjs" --infrastructure "$@"
