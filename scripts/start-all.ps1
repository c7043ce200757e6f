# Starts Redis, MongoDB and the four services.
& node (Join-Path $PSScriptRoot "start.mjs") @args
exit $LASTEXITCODE
