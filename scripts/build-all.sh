#!/usr/bin/env bash
# Builds everything to dist.
exec node "$(dirname "$0")/build.mjs" "$@"
