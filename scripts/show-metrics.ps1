# Prints the sync-service's metrics.
& node (Join-Path $PSScriptRoot "tool.mjs") metrics @args
exit $LASTEXITCODE
