# Stops everything that was started; data are kept.
& node (Join-Path $PSScriptRoot "stop.mjs") @args
exit $LASTEXITCODE
