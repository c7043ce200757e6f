#!/usr/bin/env bash
# Starts one service: api-gateway, user-service, event-service or sync-service.
exec node "$(dirname "$0")/start.mjs" --service "$@"
