# Starts one service: api-gateway, user-service, event-service or sync-service.
& node (Join-Path $PSScriptRoot "start.mjs") --service @args
exit $LASTEXITCODE
