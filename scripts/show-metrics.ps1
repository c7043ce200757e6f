# Prints the sync-service's metrics.
& node (Join-Path $PSScriptRoot "metrics.mjs") @args
exit $LASTEXITCODE
