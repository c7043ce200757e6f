# Writes to Redis, reads from MongoDB, prints each hop's time.
& node (Join-Path $PSScriptRoot "demo.mjs") redis-first @args
exit $LASTEXITCODE
