#!/usr/bin/env bash
# Asks every service how it is.
exec node "$(dirname "$0")/tool.mjs" health "$@"
