# Starts Redis, MongoDB and the three services.
& node (Join-Path $PSScriptRoot "start.mjs") @args
exit $LASTEXITCODE
