# Starts Redis and MongoDB only, in the foreground.
& node (Join-Path $PSScriptRoot "start.mjs") --infrastructure @args
exit $LASTEXITCODE
