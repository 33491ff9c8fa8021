#!/bin/sh
# Measures a deep verification of an archive beside downloading and hashing the same objects, in the embedded store and
# in radosgw, and writes benchmarks/results/archive-verify.md.
#
# usage: benchmarks/archive-verify.sh [NAME VALUE ...]
#   NAME VALUE passed to the harness, such as --rounds 3 --segments 10
. "$(dirname "$0")/parts.sh"

find_java
build_harness
output=$BENCHMARKS/target/archive-verify.md
both_stores VerifyThroughput "$BENCHMARKS/target/archive-trial" "$output" "$@"

{
  echo "# Verifying the archive beside downloading and hashing it"
  echo
  echo "Written by \`benchmarks/archive-verify.sh\`; [what is measured, and how](../README.md)."
  echo
  machine
  echo
  cat "$output"
} >"$BENCHMARKS/results/archive-verify.md"
rm -rf "$BENCHMARKS/target/archive-trial/embedded" "$BENCHMARKS/target/archive-trial/radosgw"
