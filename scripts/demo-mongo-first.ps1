# Writes to MongoDB, reads from Redis, prints each hop's time.
& node (Join-Path $PSScriptRoot "demo.mjs") mongo-first @args
exit $LASTEXITCODE
