# Asks every service how it is.
& node (Join-Path $PSScriptRoot "health.mjs") @args
exit $LASTEXITCODE
