# Asks every service how it is.
& node (Join-Path $PSScriptRoot "tool.mjs") health @args
exit $LASTEXITCODE
