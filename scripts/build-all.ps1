# Builds everything to dist.
& node (Join-Path $PSScriptRoot "build.mjs") @args
exit $LASTEXITCODE
